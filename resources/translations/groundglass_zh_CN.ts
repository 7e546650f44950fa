<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AnswerItem</name>
    <message>
        <source>Copy answer</source>
        <translation>复制回答</translation>
    </message>
    <message>
        <source>Answer again</source>
        <translation>重新回答</translation>
    </message>
</context>
<context>
    <name>AnswerText</name>
    <message>
        <source>Answer</source>
        <translation>回答</translation>
    </message>
</context>
<context>
    <name>AnswerWords</name>
    <message>
        <source>Loading the model</source>
        <translation>正在加载模型</translation>
    </message>
    <message>
        <source>Waiting for the picture …</source>
        <translation>正在等待图片…</translation>
    </message>
    <message>
        <source>Looking at the picture</source>
        <translation>正在看图片</translation>
    </message>
    <message>
        <source>Looking at the pictures</source>
        <translation>正在看图片</translation>
    </message>
    <message>
        <source>Reading the question</source>
        <translation>正在读问题</translation>
    </message>
    <message>
        <source>{words} {percent} %</source>
        <translation>{words} {percent}%</translation>
    </message>
    <message>
        <source>The answer is empty</source>
        <translation>回答为空</translation>
    </message>
    <message>
        <source>Interrupted before the first word</source>
        <translation>在写出第一个字之前中断</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Interrupted: the text so far was kept</source>
        <translation>已中断，写好的文字已保留</translation>
    </message>
    <message>
        <source>The context is full</source>
        <translation>上下文已满</translation>
    </message>
    <message>
        <source>The answer reached its maximum length</source>
        <translation>回答已达到长度上限</translation>
    </message>
    <message>
        <source>Stopped: the model began to repeat itself</source>
        <translation>已停止：模型开始重复</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Open settings</source>
        <translation>打开设置</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
    <message>
        <source>{speed} tokens/s</source>
        <translation>{speed} 词元/秒</translation>
    </message>
    <message>
        <source>First word after: {seconds} s</source>
        <translation>首字用时：{seconds} 秒</translation>
    </message>
    <message>
        <source>Tokens written: {count}</source>
        <translation>写出的词元：{count}</translation>
    </message>
    <message>
        <source>Tokens read: {count}</source>
        <translation>读入的词元：{count}</translation>
    </message>
    <message>
        <source>Tokens reused: {count}</source>
        <translation>复用的词元：{count}</translation>
    </message>
    <message>
        <source>Pictures looked at: {count}</source>
        <translation>看过的图片：{count}</translation>
    </message>
    <message>
        <source>Context used: {used} of {length}</source>
        <translation>已用上下文：{used} / {length}</translation>
    </message>
</context>
<context>
    <name>BudgetButton</name>
    <message>
        <source>How closely the pictures are looked at</source>
        <translation>看图片的仔细程度</translation>
    </message>
    <message>
        <source>Looks at pictures: {budget}</source>
        <translation>看图方式：{budget}</translation>
    </message>
    <message>
        <source>Fast</source>
        <translation>快速</translation>
    </message>
    <message>
        <source>Normal</source>
        <translation>标准</translation>
    </message>
    <message>
        <source>Detail</source>
        <translation>精细</translation>
    </message>
    <message>
        <source>Automatic: chosen to suit this computer</source>
        <translation>自动：根据这台电脑的情况选择</translation>
    </message>
    <message>
        <source>Fast: {tokens} tokens a picture; quickest, misses small print</source>
        <translation>快速：每张图片 {tokens} 个词元；最快，会漏掉小字</translation>
    </message>
    <message>
        <source>Normal: {tokens} tokens; reads most photos and pages</source>
        <translation>标准：{tokens} 个词元；能读大多数照片和页面</translation>
    </message>
    <message>
        <source>Detail: {tokens} tokens; reads small print, takes longest</source>
        <translation>精细：{tokens} 个词元；能读小字，用时最长</translation>
    </message>
</context>
<context>
    <name>ChatSession</name>
    <message>
        <source>Describe this image.</source>
        <extracomment>In Chinese exactly 请用中文描述这张图片: the built-in model was trained on these words.</extracomment>
        <translation>请用中文描述这张图片</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>图片</translation>
    </message>
</context>
<context>
    <name>ChatView</name>
    <message>
        <source>Conversation</source>
        <translation>对话</translation>
    </message>
    <message>
        <source>Go to the end</source>
        <translation>回到末尾</translation>
    </message>
</context>
<context>
    <name>Chip</name>
    <message>
        <source>Pasted picture</source>
        <translation>粘贴的图片</translation>
    </message>
    <message>
        <source>Picture {name}</source>
        <translation>图片“{name}”</translation>
    </message>
    <message>
        <source>Remove {name}</source>
        <translation>移除“{name}”</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Adding…</source>
        <translation>正在添加…</translation>
    </message>
    <message>
        <source>{width} × {height} px</source>
        <translation>{width} × {height} 像素</translation>
    </message>
</context>
<context>
    <name>Composer</name>
    <message>
        <source>Ask about the pictures…</source>
        <translation>问问这些图片…</translation>
    </message>
    <message>
        <source>Question</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Add pictures</source>
        <translation>添加图片</translation>
    </message>
    <message>
        <source>Editing: the answers after this question will be replaced.</source>
        <translation>正在编辑：这个问题之后的回答将被替换。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Stop (Esc)</source>
        <translation>停止 (Esc)</translation>
    </message>
    <message>
        <source>Send (Enter)</source>
        <translation>发送 (Enter)</translation>
    </message>
    <message>
        <source>Another chat is being answered</source>
        <translation>正在回答另一个对话</translation>
    </message>
    <message>
        <source>Waiting for the pictures</source>
        <translation>正在等待图片</translation>
    </message>
</context>
<context>
    <name>ConversationDelegate</name>
    <message>
        <source>Title of the chat</source>
        <translation>对话标题</translation>
    </message>
</context>
<context>
    <name>ConversationListModel</name>
    <message>
        <source>Today</source>
        <translation>今天</translation>
    </message>
    <message>
        <source>Yesterday</source>
        <translation>昨天</translation>
    </message>
    <message>
        <source>d MMMM</source>
        <extracomment>Qt date format of an earlier day of this year, such as &quot;3 May&quot;; Chinese: M月d日</extracomment>
        <translation>M月d日</translation>
    </message>
    <message>
        <source>d MMMM yyyy</source>
        <translation>yyyy年M月d日</translation>
    </message>
</context>
<context>
    <name>ConversationView</name>
    <message>
        <source>Chats</source>
        <translation>对话</translation>
    </message>
</context>
<context>
    <name>DropOverlay</name>
    <message>
        <source>Add 1 picture</source>
        <translation>添加 1 张图片</translation>
    </message>
    <message>
        <source>Add {count} pictures</source>
        <translation>添加 {count} 张图片</translation>
    </message>
    <message>
        <source>{count} of what you drag cannot be added: only pictures can.</source>
        <translation>拖来的内容中有 {count} 项不能添加：只能添加图片。</translation>
    </message>
    <message>
        <source>Folders cannot be added</source>
        <translation>不能添加文件夹</translation>
    </message>
    <message>
        <source>Drop the pictures that are in it.</source>
        <translation>请拖入其中的图片。</translation>
    </message>
    <message>
        <source>Documents cannot be read yet</source>
        <translation>暂时还不能读文档</translation>
    </message>
    <message>
        <source>A screenshot of the page can.</source>
        <translation>可以改用页面的截图。</translation>
    </message>
    <message>
        <source>Only pictures can be added</source>
        <translation>只能添加图片</translation>
    </message>
    <message>
        <source>Such as photos and screenshots: JPEG, PNG, HEIC, WebP, TIFF.</source>
        <translation>例如照片和截图：JPEG、PNG、HEIC、WebP、TIFF。</translation>
    </message>
</context>
<context>
    <name>EnginePage</name>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>Automatic suits this computer. Changes load the model again.</source>
        <translation>“自动”适合这台电脑。更改后会重新加载模型。</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>{count} tokens</source>
        <translation>{count} 个词元</translation>
    </message>
    <message>
        <source>Context length</source>
        <translation>上下文长度</translation>
    </message>
    <message>
        <source>How much of a conversation the model remembers. More takes more memory.</source>
        <translation>模型能记住多长的对话。越长越占内存。</translation>
    </message>
    <message>
        <source>Layers on the GPU</source>
        <translation>放在 GPU 上的层</translation>
    </message>
    <message>
        <source>More answer faster and fill the graphics memory; too many do not load.</source>
        <translation>越多回答越快，也越占显存；太多则无法加载。</translation>
    </message>
    <message>
        <source>CPU threads</source>
        <translation>CPU 线程数</translation>
    </message>
    <message>
        <source>More can answer faster and leave less of the computer to other apps.</source>
        <translation>越多可能越快，留给其他应用的算力也越少。</translation>
    </message>
    <message>
        <source>Full (F16)</source>
        <translation>完整 (F16)</translation>
    </message>
    <message>
        <source>Half (Q8)</source>
        <translation>一半 (Q8)</translation>
    </message>
    <message>
        <source>Quarter (Q4)</source>
        <translation>四分之一 (Q4)</translation>
    </message>
    <message>
        <source>Conversation memory</source>
        <translation>对话缓存</translation>
    </message>
    <message>
        <source>Less memory for the same context, and slightly less exact answers.</source>
        <translation>同样的上下文占用更少内存，回答的准确度略有下降。</translation>
    </message>
</context>
<context>
    <name>ErrorTexts</name>
    <message>
        <source>The list of models that can be downloaded is damaged. Install Groundglass again; your models and conversations stay as they are.</source>
        <translation>可下载模型的列表已损坏。请重新安装 Groundglass；你的模型和对话不会受影响。</translation>
    </message>
    <message>
        <source>No model is loaded, so there is nobody to answer. Choose one in the settings.</source>
        <translation>没有加载模型，因此无法回答。请在设置中选择一个模型。</translation>
    </message>
    <message>
        <source>“{name}”</source>
        <translation>“{name}”</translation>
    </message>
    <message>
        <source>The picture</source>
        <translation>这张图片</translation>
    </message>
    <message>
        <source>The model</source>
        <translation>这个模型</translation>
    </message>
    <message>
        <source>The file</source>
        <translation>这个文件</translation>
    </message>
    <message>
        <source>{name} is not there any more. It may have been moved or deleted; choose it again where it is now.</source>
        <translation>{name}已不在原处，可能已被移动或删除。请到它现在的位置重新选择。</translation>
    </message>
    <message>
        <source>{name} is a folder. Open it and choose the pictures inside.</source>
        <translation>{name}是文件夹。请打开它并选择里面的图片。</translation>
    </message>
    <message>
        <source>{name} cannot be read. Check that you are allowed to open it and that its disk is still connected, then try again.</source>
        <translation>{name}无法读取。请确认你有权打开它，且所在的磁盘仍然连接，然后重试。</translation>
    </message>
    <message>
        <source>{name} is empty, so there is nothing to look at. If it is still being copied or downloaded, wait for that and add it again.</source>
        <translation>{name}是空的，没有可看的内容。如果它还在复制或下载，请等完成后再添加。</translation>
    </message>
    <message>
        <source>{name} is not a picture. Choose a JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC or AVIF file.</source>
        <translation>{name}不是图片。请选择 JPEG、PNG、WebP、GIF、BMP、TIFF、HEIC 或 AVIF 文件。</translation>
    </message>
    <message>
        <source>{name} is a document, and documents cannot be opened yet. Save the page as a picture, or take a screenshot of it, and add that.</source>
        <translation>{name}是文档，目前还不能打开文档。请把页面另存为图片或截图，再添加进来。</translation>
    </message>
    <message>
        <source>{name} is damaged or incomplete and cannot be shown. Copy or save it again from where it came from.</source>
        <translation>{name}已损坏或不完整，无法显示。请从来源处重新复制或保存一份。</translation>
    </message>
    <message>
        <source>{name} has {megapixels} megapixels, and at most {limit} can be opened safely. Save a smaller copy and add that.</source>
        <translation>{name}有 {megapixels} 百万像素，最多只能安全打开 {limit} 百万像素的图片。请另存一份较小的再添加。</translation>
    </message>
    <message>
        <source>{name} has {megapixels} megapixels, more than can be opened safely. Save a smaller copy and add that.</source>
        <translation>{name}有 {megapixels} 百万像素，超出了能安全打开的大小。请另存一份较小的再添加。</translation>
    </message>
    <message>
        <source>{name} is larger than can be opened safely. Save a smaller copy and add that.</source>
        <translation>{name}超出了能安全打开的大小。请另存一份较小的再添加。</translation>
    </message>
    <message>
        <source>{name} is no longer on the disk, so the model cannot look at it. Add it again to a new question.</source>
        <translation>{name}已不在磁盘上，模型无法再看它。请在新的问题中重新添加。</translation>
    </message>
    <message>
        <source>The disk is full: {needed} needed, {available} free. Nothing was saved; free some space and try again.</source>
        <translation>磁盘已满：需要 {needed}，剩余 {available}。内容没有保存；请腾出一些空间后重试。</translation>
    </message>
    <message>
        <source>The disk is full. Nothing was saved; free some space and try again.</source>
        <translation>磁盘已满，内容没有保存。请腾出一些空间后重试。</translation>
    </message>
    <message>
        <source>Groundglass may not write to {folder}, so nothing was saved. Check that the folder belongs to you and that no other program holds its files.</source>
        <translation>Groundglass 无法写入 {folder}，内容没有保存。请确认这个文件夹属于你，并且没有其他程序占用其中的文件。</translation>
    </message>
    <message>
        <source>Groundglass may not write to {path}, so nothing was saved. Check that this place belongs to you and that no other program holds it.</source>
        <translation>Groundglass 无法写入 {path}，内容没有保存。请确认这个位置属于你，并且没有被其他程序占用。</translation>
    </message>
    <message>
        <source>Groundglass may not write to its own folder, so nothing was saved. Check that the folder belongs to you and that no other program holds its files.</source>
        <translation>Groundglass 无法写入自己的文件夹，内容没有保存。请确认这个文件夹属于你，并且没有其他程序占用其中的文件。</translation>
    </message>
    <message>
        <source>Your conversations were saved by a newer Groundglass, and this one cannot read them. Nothing was changed; use the newer version again.</source>
        <translation>你的对话由更新版本的 Groundglass 保存，当前版本无法读取。内容没有改动；请改用较新的版本。</translation>
    </message>
    <message>
        <source>The file with your conversations is damaged and cannot be read. Put a copy from a backup in its place, or start with an empty history.</source>
        <translation>保存对话的文件已损坏，无法读取。请用备份替换它，或从空的记录开始。</translation>
    </message>
    <message>
        <source>{name} is not there, so the model cannot be loaded. It may have been moved or deleted; choose it again in the settings.</source>
        <translation>找不到{name}，因此无法加载模型。它可能已被移动或删除；请在设置中重新选择。</translation>
    </message>
    <message>
        <source>{name} is a later part of a split model. Choose its first part, “{first}”.</source>
        <translation>{name}是分卷模型的后续部分。请选择它的第一部分“{first}”。</translation>
    </message>
    <message>
        <source>{name} is not a model that can be read; its download may be incomplete. Download it again, or choose another GGUF file.</source>
        <translation>{name}不是可以读取的模型，可能没有下载完整。请重新下载，或选择另一个 GGUF 文件。</translation>
    </message>
    <message>
        <source>{name} cannot see without its vision file. Put a file such as “{wanted}” in the same folder, or choose it in the settings.</source>
        <translation>{name}缺少视觉文件，无法看图片。请把“{wanted}”这样的文件放到同一文件夹，或在设置中选择它。</translation>
    </message>
    <message>
        <source>The model&apos;s vision file (mmproj) is missing, and without it the model cannot see. Put it in the model&apos;s folder, or choose it in the settings.</source>
        <translation>缺少模型的视觉文件 (mmproj)，模型因此无法看图片。请把它放到模型所在的文件夹，或在设置中选择它。</translation>
    </message>
    <message>
        <source>{name} is not the vision file of “{model}”, so pictures would not be understood. Choose the mmproj file that came with this model.</source>
        <translation>{name}不是“{model}”的视觉文件，图片会无法理解。请选择随这个模型提供的 mmproj 文件。</translation>
    </message>
    <message>
        <source>{name} is a vision file, not a language model. Choose the model it came with, and this file as its vision file.</source>
        <translation>{name}是视觉文件，不是语言模型。请选择与它配套的模型，并把这个文件选为视觉文件。</translation>
    </message>
    <message>
        <source>{name} could not be loaded. It may be damaged, or of a kind that this version does not know; choose another model in the settings.</source>
        <translation>{name}无法加载。它可能已损坏，或是这个版本不认识的类型；请在设置中选择其他模型。</translation>
    </message>
    <message>
        <source>Loading the model was stopped. Load it again when you want to ask something.</source>
        <translation>模型加载已停止。需要提问时请重新加载。</translation>
    </message>
    <message>
        <source>There is not enough memory: {needed} needed, {available} free. Close other apps, or choose a smaller model or a shorter context in the settings.</source>
        <translation>内存不足：需要 {needed}，剩余 {available}。请关闭其他应用，或在设置中选择更小的模型或更短的上下文。</translation>
    </message>
    <message>
        <source>There is not enough memory. Close other apps, or choose a smaller model or a shorter context in the settings.</source>
        <translation>内存不足。请关闭其他应用，或在设置中选择更小的模型或更短的上下文。</translation>
    </message>
    <message>
        <source>This conversation is too long: it needs {tokens} tokens, and the model has room for {length}. Start a new chat, use fewer pictures, or set a longer context in the settings.</source>
        <translation>这个对话太长：需要 {tokens} 个词元，而模型只能容纳 {length} 个。请开始新对话、减少图片，或在设置中加长上下文。</translation>
    </message>
    <message>
        <source>This conversation is too long for the model. Start a new chat, use fewer pictures, or set a longer context in the settings.</source>
        <translation>这个对话对模型来说太长。请开始新对话、减少图片，或在设置中加长上下文。</translation>
    </message>
    <message>
        <source>A part of Groundglass, {package}, is missing or does not run on this computer, so the model cannot answer. Install Groundglass again.</source>
        <translation>Groundglass 的组件 {package} 缺失，或无法在这台电脑上运行，模型因此无法回答。请重新安装 Groundglass。</translation>
    </message>
    <message>
        <source>A part of Groundglass is missing or does not run on this computer, so the model cannot answer. Install Groundglass again.</source>
        <translation>Groundglass 的一个组件缺失，或无法在这台电脑上运行，模型因此无法回答。请重新安装 Groundglass。</translation>
    </message>
    <message>
        <source>The model ran into a problem and could not finish. Ask again; if it happens once more, load the model again from the menu under its name.</source>
        <translation>模型遇到问题，没能完成。请再问一次；如果再次发生，请从模型名称的菜单中重新加载模型。</translation>
    </message>
    <message>
        <source>The part of Groundglass that runs models could not be started. Start the app again; if that does not help, install it again.</source>
        <translation>Groundglass 中运行模型的部分无法启动。请重新启动应用；如果仍然不行，请重新安装。</translation>
    </message>
    <message>
        <source>The model stopped unexpectedly; it may have run out of memory. What it had written is kept. Try again; if it keeps happening, choose a smaller model or a shorter context in the settings.</source>
        <translation>模型意外停止，可能是内存不足。写好的内容已保留。请重试；如果反复发生，请在设置中选择更小的模型或更短的上下文。</translation>
    </message>
    <message>
        <source>{host} sent an answer that makes no sense, so nothing was downloaded from it. Try again later, or choose another source in the settings.</source>
        <translation>{host} 返回的内容无法识别，因此没有从那里下载任何内容。请稍后再试，或在设置中选择其他来源。</translation>
    </message>
    <message>
        <source>The server sent an answer that makes no sense, so nothing was downloaded. Try again later, or choose another source in the settings.</source>
        <translation>服务器返回的内容无法识别，因此没有下载任何内容。请稍后再试，或在设置中选择其他来源。</translation>
    </message>
    <message>
        <source>What {host} sent as {name} is not the file it should be, so it was deleted. Download it again, or choose another source in the settings.</source>
        <translation>{host} 发来的{name}与应有的文件不符，已将其删除。请重新下载，或在设置中选择其他来源。</translation>
    </message>
    <message>
        <source>What was downloaded is not the file it should be, so it was deleted. Download it again, or choose another source in the settings.</source>
        <translation>下载的内容与应有的文件不符，已将其删除。请重新下载，或在设置中选择其他来源。</translation>
    </message>
    <message>
        <source>There is not enough room on the disk: {needed} needed, {available} free. Free some space and resume the download.</source>
        <translation>磁盘空间不足：需要 {needed}，可用 {available}。请腾出一些空间，然后继续下载。</translation>
    </message>
    <message>
        <source>There is not enough room on the disk: {needed} more needed. Free some space and resume the download.</source>
        <translation>磁盘空间不足：还需要 {needed}。请腾出一些空间，然后继续下载。</translation>
    </message>
    <message>
        <source>There is not enough room on the disk. Free some space and resume the download.</source>
        <translation>磁盘空间不足。请腾出一些空间，然后继续下载。</translation>
    </message>
    <message>
        <source>Another Groundglass is downloading this model right now. Wait until it has finished, or stop it there.</source>
        <translation>另一个 Groundglass 正在下载此模型。请等它下载完成，或在那里停止下载。</translation>
    </message>
    <message>
        <source>Groundglass stays offline, as you chose, so nothing can be downloaded. Turn “Stay offline” off in the settings and try again.</source>
        <translation>按照你的选择，Groundglass 保持离线，因此无法下载。请在设置中关闭“保持离线”，然后重试。</translation>
    </message>
    <message>
        <source>{host} refuses to send this model (status {status}). It may ask for an account, or not have the file; choose another source or another model.</source>
        <translation>{host} 拒绝提供此模型（状态码 {status}）。可能需要账号，或者没有这个文件；请选择其他来源或其他模型。</translation>
    </message>
    <message>
        <source>The server refuses to send this model. It may ask for an account, or not have the file; choose another source or another model.</source>
        <translation>服务器拒绝提供此模型。可能需要账号，或者没有这个文件；请选择其他来源或其他模型。</translation>
    </message>
    <message>
        <source>The connection to {host} failed. What came so far is kept; check the network and resume the download.</source>
        <translation>与 {host} 的连接失败。已下载的部分会保留；请检查网络，然后继续下载。</translation>
    </message>
    <message>
        <source>The connection failed. What came so far is kept; check the network and resume the download.</source>
        <translation>连接失败。已下载的部分会保留；请检查网络，然后继续下载。</translation>
    </message>
    <message>
        <source>This computer does not trust the certificate of {host}, so nothing was sent or downloaded. In a company network, ask for its certificate to be installed.</source>
        <translation>此电脑不信任 {host} 的证书，因此没有发送或下载任何内容。如果在公司网络中，请让管理员安装公司的证书。</translation>
    </message>
    <message>
        <source>This computer does not trust the server&apos;s certificate, so nothing was sent or downloaded. In a company network, ask for its certificate to be installed.</source>
        <translation>此电脑不信任服务器的证书，因此没有发送或下载任何内容。如果在公司网络中，请让管理员安装公司的证书。</translation>
    </message>
</context>
<context>
    <name>FileField</name>
    <message>
        <source>Browse…</source>
        <translation>浏览…</translation>
    </message>
</context>
<context>
    <name>GeneralPage</name>
    <message>
        <source>General</source>
        <translation>通用</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Takes effect when Groundglass starts again.</source>
        <translation>下次启动 Groundglass 时生效。</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Following the system changes between light and dark with it.</source>
        <translation>跟随系统时，会随系统在浅色与深色之间切换。</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Fast</source>
        <translation>快速</translation>
    </message>
    <message>
        <source>Normal</source>
        <translation>标准</translation>
    </message>
    <message>
        <source>Detail</source>
        <translation>精细</translation>
    </message>
    <message>
        <source>Looking at pictures</source>
        <translation>看图方式</translation>
    </message>
    <message>
        <source>A closer look reads smaller print and takes longer before the first word.</source>
        <translation>看得越仔细，越能读清小字，开始回答前的等待也越长。</translation>
    </message>
</context>
<context>
    <name>Header</name>
    <message>
        <source>Show the sidebar</source>
        <translation>显示侧边栏</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>菜单</translation>
    </message>
    <message>
        <source>Hide the sidebar</source>
        <translation>隐藏侧边栏</translation>
    </message>
</context>
<context>
    <name>LayersField</name>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>指定层数</translation>
    </message>
    <message>
        <source>Number of layers</source>
        <translation>层数</translation>
    </message>
</context>
<context>
    <name>LinkPrompt</name>
    <message>
        <source>Open link</source>
        <translation>打开链接</translation>
    </message>
    <message>
        <source>This link does not lead to a web page. It cannot be opened from here.</source>
        <translation>这个链接不指向网页，无法从这里打开。</translation>
    </message>
    <message>
        <source>Open this address in your mail program?</source>
        <translation>要在邮件程序中打开这个地址吗？</translation>
    </message>
    <message>
        <source>Open this page on {host} in your browser?</source>
        <translation>要在浏览器中打开 {host} 上的这个网页吗？</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
    <message>
        <source>Add pictures</source>
        <translation>添加图片</translation>
    </message>
</context>
<context>
    <name>ModelPage</name>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Groundglass Mini, built in</source>
        <translation>内置的 Groundglass Mini</translation>
    </message>
    <message>
        <source>A model on this computer</source>
        <translation>这台电脑上的模型</translation>
    </message>
    <message>
        <source>A small demonstration model for simple pictures. Needs no download.</source>
        <translation>用于简单图片的小型演示模型，无需下载。</translation>
    </message>
    <message>
        <source>A vision-language model as GGUF files, such as Qwen3-VL. Reads real photos; takes memory about the size of its files.</source>
        <translation>GGUF 格式的视觉语言模型，例如 Qwen3-VL。能看懂真实照片；占用的内存与文件大小相近。</translation>
    </message>
    <message>
        <source>GGUF files (*.gguf);;All files (*)</source>
        <translation>GGUF 文件 (*.gguf);;所有文件 (*)</translation>
    </message>
    <message>
        <source>Choose a language model</source>
        <translation>选择语言模型</translation>
    </message>
    <message>
        <source>Choose a vision file</source>
        <translation>选择视觉文件</translation>
    </message>
    <message>
        <source>Found by itself beside the model</source>
        <translation>自动在模型旁边查找</translation>
    </message>
    <message>
        <source>Language model</source>
        <translation>语言模型</translation>
    </message>
    <message>
        <source>Vision file (mmproj)</source>
        <translation>视觉文件 (mmproj)</translation>
    </message>
    <message>
        <source>Choose the model&apos;s GGUF file.</source>
        <translation>请选择模型的 GGUF 文件。</translation>
    </message>
    <message>
        <source>Looking at the files…</source>
        <translation>正在检查文件…</translation>
    </message>
    <message>
        <source>{name} is ready to be loaded; it cannot see pictures.</source>
        <translation>{name} 可以加载，但不能看图片。</translation>
    </message>
    <message>
        <source>{name} is ready to be loaded, with {file}.</source>
        <translation>{name} 可以加载，将使用 {file}。</translation>
    </message>
</context>
<context>
    <name>ModelPill</name>
    <message>
        <source>Load again</source>
        <translation>重新加载</translation>
    </message>
    <message>
        <source>Model settings…</source>
        <translation>模型设置…</translation>
    </message>
    <message>
        <source>{name} · {percent} %</source>
        <translation>{name} · {percent}%</translation>
    </message>
    <message>
        <source>Model: {name}</source>
        <translation>模型：{name}</translation>
    </message>
    <message>
        <source>Looking for the model</source>
        <translation>正在查找模型</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>没有模型</translation>
    </message>
    <message>
        <source>No model is loaded</source>
        <translation>没有加载模型</translation>
    </message>
    <message>
        <source>The model is being loaded</source>
        <translation>正在加载模型</translation>
    </message>
    <message>
        <source>The model is ready</source>
        <translation>模型已就绪</translation>
    </message>
    <message>
        <source>The model is not loaded</source>
        <translation>模型未加载</translation>
    </message>
    <message>
        <source>A small demonstration model for simple pictures. A full model reads photos.</source>
        <translation>用于简单图片的小型演示模型。完整的模型能看懂照片。</translation>
    </message>
    <message>
        <source>Ready on the GPU · context {tokens} tokens</source>
        <translation>已在 GPU 上就绪 · 上下文 {tokens} 个词元</translation>
    </message>
    <message>
        <source>Ready on the CPU, {threads} threads · context {tokens} tokens</source>
        <translation>已在 CPU 上就绪，{threads} 个线程 · 上下文 {tokens} 个词元</translation>
    </message>
</context>
<context>
    <name>NoticeBar</name>
    <message>
        <source>Dismiss</source>
        <translation>关闭提示</translation>
    </message>
</context>
<context>
    <name>QuestionItem</name>
    <message>
        <source>Question</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Edit question</source>
        <translation>编辑问题</translation>
    </message>
    <message>
        <source>Copy question</source>
        <translation>复制问题</translation>
    </message>
    <message>
        <source>Pasted picture</source>
        <translation>粘贴的图片</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
    <message>
        <source>General</source>
        <translation>通用</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>确定</translation>
    </message>
    <message>
        <source>Reset to defaults</source>
        <translation>恢复默认设置</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Add pictures</source>
        <translation>添加图片</translation>
    </message>
    <message>
        <source>Paste a picture, files or text</source>
        <translation>粘贴图片、文件或文字</translation>
    </message>
    <message>
        <source>Send</source>
        <translation>发送</translation>
    </message>
    <message>
        <source>Break the line</source>
        <translation>换行</translation>
    </message>
    <message>
        <source>Stop the answer</source>
        <translation>停止回答</translation>
    </message>
    <message>
        <source>Edit the last question, in the empty field</source>
        <translation>编辑上一个问题（输入框为空时）</translation>
    </message>
    <message>
        <source>Remove the picture in focus</source>
        <translation>移除选中的图片</translation>
    </message>
    <message>
        <source>Move the picture in focus</source>
        <translation>移动选中的图片</translation>
    </message>
    <message>
        <source>Find a chat</source>
        <translation>查找对话</translation>
    </message>
    <message>
        <source>Rename the chat in the list</source>
        <translation>重命名列表中的对话</translation>
    </message>
    <message>
        <source>Show or hide the sidebar</source>
        <translation>显示或隐藏侧边栏</translation>
    </message>
    <message>
        <source>Choose a model</source>
        <translation>选择模型</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>This list</source>
        <translation>此列表</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
</context>
<context>
    <name>Sidebar</name>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Search in all chats</source>
        <translation>搜索所有对话</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Nothing leaves this computer</source>
        <translation>一切都留在这台电脑上</translation>
    </message>
    <message>
        <source>No chat matches.</source>
        <translation>没有匹配的对话。</translation>
    </message>
    <message>
        <source>Your chats will be listed here.</source>
        <translation>你的对话会列在这里。</translation>
    </message>
    <message>
        <source>Chat deleted</source>
        <translation>对话已删除</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
</context>
<context>
    <name>StartUp</name>
    <message>
        <source>Your conversations cannot be opened</source>
        <translation>无法打开你的对话</translation>
    </message>
    <message>
        <source>Start with an empty history</source>
        <translation>从空的记录开始</translation>
    </message>
    <message>
        <source>Go on without saving</source>
        <translation>继续使用但不保存</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <source>Drop a photo or a screenshot</source>
        <translation>拖入一张照片或截图</translation>
    </message>
    <message>
        <source>Then ask about it, in any language. Or try one of these:</source>
        <translation>然后用任何语言提问。也可以先试试这些：</translation>
    </message>
    <message>
        <source>Choose a model…</source>
        <translation>选择模型…</translation>
    </message>
    <message>
        <source>No model is chosen yet.</source>
        <translation>还没有选择模型。</translation>
    </message>
    <message>
        <source>{name} is a demonstration model for simple pictures. A full model reads real photos; choose one you have in Settings.</source>
        <translation>{name} 是用于简单图片的演示模型。完整的模型能看懂真实照片；如果你已有这样的模型，可在设置中选择。</translation>
    </message>
    <message>
        <source>What do you want to know?</source>
        <translation>你想知道什么？</translation>
    </message>
    <message>
        <source>Ask below, in any language. Enter sends.</source>
        <translation>在下方用任何语言提问，按 Enter 发送。</translation>
    </message>
    <message>
        <source>Nothing leaves this computer</source>
        <translation>一切都留在这台电脑上</translation>
    </message>
</context>
<context>
    <name>WindowActions</name>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Add pictures…</source>
        <translation>添加图片…</translation>
    </message>
    <message>
        <source>Find a chat</source>
        <translation>查找对话</translation>
    </message>
    <message>
        <source>Show the sidebar</source>
        <translation>显示侧边栏</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>粘贴</translation>
    </message>
    <message>
        <source>Edit the last question</source>
        <translation>编辑上一个问题</translation>
    </message>
    <message>
        <source>Stop the answer</source>
        <translation>停止回答</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>设置…</translation>
    </message>
    <message>
        <source>Choose a model…</source>
        <translation>选择模型…</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Edit</source>
        <translation>编辑</translation>
    </message>
    <message>
        <source>View</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>帮助</translation>
    </message>
    <message>
        <source>Hide the sidebar</source>
        <translation>隐藏侧边栏</translation>
    </message>
</context>
</TS>
