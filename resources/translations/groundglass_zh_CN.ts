<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AboutDialog</name>
    <message>
        <source>About Groundglass</source>
        <translation>关于 Groundglass</translation>
    </message>
    <message>
        <source>Versions and devices</source>
        <translation>版本与设备</translation>
    </message>
    <message>
        <source>Packages</source>
        <translation>软件包</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Version {version}</source>
        <translation>版本 {version}</translation>
    </message>
    <message>
        <source>Asks about your pictures on this computer. Nothing is sent.</source>
        <translation>在这台电脑上回答关于图片的问题，不发送任何内容。</translation>
    </message>
    <message>
        <source>This computer</source>
        <translation>这台电脑</translation>
    </message>
    <message>
        <source>Licences</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
</context>
<context>
    <name>AdapterList</name>
    <message>
        <source>Add an adapter…</source>
        <translation>添加适配器…</translation>
    </message>
    <message>
        <source>for llama.cpp, not in use</source>
        <translation>适用于 llama.cpp，未使用</translation>
    </message>
    <message>
        <source>for MLX, not in use</source>
        <translation>适用于 MLX，未使用</translation>
    </message>
    <message>
        <source>Folder with an adapter for MLX</source>
        <translation>包含 MLX 适配器的文件夹</translation>
    </message>
    <message>
        <source>Adapter as a GGUF file</source>
        <translation>GGUF 适配器文件</translation>
    </message>
    <message>
        <source>Adapters</source>
        <translation>适配器</translation>
    </message>
</context>
<context>
    <name>AdapterRow</name>
    <message>
        <source>Strength of {name}</source>
        <translation>{name} 的强度</translation>
    </message>
    <message>
        <source>Strength: 1 as it was made, 0 not at all</source>
        <translation>强度：1 为原样，0 为不起作用</translation>
    </message>
    <message>
        <source>Remove {name}</source>
        <translation>移除 {name}</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
</context>
<context>
    <name>Amounts</name>
    <message>
        <source>{count} bytes</source>
        <translation>{count} 字节</translation>
    </message>
    <message>
        <source>{size}/s</source>
        <translation>{size}/秒</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done} / {total}</translation>
    </message>
    <message>
        <source>1 second</source>
        <translation>1 秒</translation>
    </message>
    <message>
        <source>{count} seconds</source>
        <translation>{count} 秒</translation>
    </message>
    <message>
        <source>1 minute</source>
        <translation>1 分钟</translation>
    </message>
    <message>
        <source>{count} minutes</source>
        <translation>{count} 分钟</translation>
    </message>
    <message>
        <source>1 hour</source>
        <translation>1 小时</translation>
    </message>
    <message>
        <source>{count} hours</source>
        <translation>{count} 小时</translation>
    </message>
    <message>
        <source>{count} days</source>
        <translation>{count} 天</translation>
    </message>
    <message>
        <source>{duration} left</source>
        <translation>还需 {duration}</translation>
    </message>
</context>
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
    <message>
        <source>Show the boxes on the picture</source>
        <translation>在图片上显示方框</translation>
    </message>
    <message>
        <source>Show all figures of this answer</source>
        <translation>显示这次回答的全部数据</translation>
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
        <source>Reading page {page} of {count}</source>
        <translation>正在阅读第 {page} 页，共 {count} 页</translation>
    </message>
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
        <source>Beginning anew: the model repeated itself</source>
        <translation>模型开始重复，正在重新回答</translation>
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
        <source>Choose a model…</source>
        <translation>选择模型…</translation>
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
        <source>begun anew</source>
        <translation>重新作答过</translation>
    </message>
</context>
<context>
    <name>AnswersPage</name>
    <message>
        <source>Answers</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Before every conversation</source>
        <translation>每次对话之前</translation>
    </message>
    <message>
        <source>What the model is told first, such as who you are or how to answer. It takes its room in the context every time.</source>
        <translation>先告诉模型的话，例如你是谁、该怎样回答。每次都会占用一部分上下文。</translation>
    </message>
    <message>
        <source>Reset: {name}</source>
        <translation>还原：{name}</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
    </message>
    <message>
        <source>Where chance begins. With the same one, the same question gets the same answer again on this computer.</source>
        <translation>随机的起点。种子相同时，同样的问题在这台电脑上会得到同样的回答。</translation>
    </message>
    <message>
        <source>Runs with</source>
        <translation>运行引擎</translation>
    </message>
    <message>
        <source>This model is here for both engines. A change loads it again.</source>
        <translation>此模型两种引擎的版本都有。更改后会重新加载。</translation>
    </message>
    <message>
        <source>Adapters</source>
        <translation>适配器</translation>
    </message>
    <message>
        <source>Files (LoRA) that teach this model something more. Each takes memory and a little time; a change loads the model again.</source>
        <translation>让此模型多学会一些东西的文件（LoRA）。每个都会占用内存并略微变慢；更改后会重新加载模型。</translation>
    </message>
    <message>
        <source>Longest answer</source>
        <translation>最长回答</translation>
    </message>
    <message>
        <source>In tokens. What is longer is cut off; long answers take long and fill the context.</source>
        <translation>以词元计。超出的部分会被截断；长回答耗时更久，并占用上下文。</translation>
    </message>
    <message>
        <source>Temperature</source>
        <translation>温度</translation>
    </message>
    <message>
        <source>How freely words are chosen. 0 always takes the likeliest, which is best for reading print and figures; more is livelier and less exact.</source>
        <translation>选词的自由程度。0 总是选最可能的词，最适合读取文字和数字；越高越活泼，也越不准确。</translation>
    </message>
    <message>
        <source>Top-p</source>
        <translation>Top-p</translation>
    </message>
    <message>
        <source>Draws among the likeliest tokens that together have this share. Less is more exact and more alike; 1 takes all.</source>
        <translation>只在合计达到此概率的最可能的词元中选取。越小越准确、越雷同；1 表示全部。</translation>
    </message>
    <message>
        <source>Top-k</source>
        <translation>Top-k</translation>
    </message>
    <message>
        <source>Draws among so many of the likeliest tokens; 0 takes all.</source>
        <translation>只在这么多个最可能的词元中选取；0 表示全部。</translation>
    </message>
    <message>
        <source>Min-p</source>
        <translation>Min-p</translation>
    </message>
    <message>
        <source>Leaves out tokens with less than this share of the likeliest one&apos;s chance; 0 takes all.</source>
        <translation>略去概率低于最可能词元此比例的词元；0 表示全部。</translation>
    </message>
    <message>
        <source>Presence penalty</source>
        <translation>存在惩罚</translation>
    </message>
    <message>
        <source>Avoids what was said already, against going round in circles. Much of it spoils tables and lists; 0 is none.</source>
        <translation>避免重复已说过的内容，防止原地打转。过高会损害表格和列表；0 表示不用。</translation>
    </message>
    <message>
        <source>Repetition penalty</source>
        <translation>重复惩罚</translation>
    </message>
    <message>
        <source>The same by a factor. 1 is none; above 1.2 long answers lose their thread.</source>
        <translation>作用相同，按倍数计算。1 表示不用；高于 1.2 时，长回答容易跑题。</translation>
    </message>
    <message>
        <source>There is no model to choose anything for yet.</source>
        <translation>还没有可供设置的模型。</translation>
    </message>
    <message>
        <source>For {name}, the model in use; each model keeps its own. Takes effect with the next question.</source>
        <translation>用于当前模型 {name}；每个模型各自保存。从下一个问题起生效。</translation>
    </message>
</context>
<context>
    <name>BeforeAfterView</name>
    <message>
        <source>Before and after</source>
        <translation>前后对比</translation>
    </message>
    <message>
        <source>Before</source>
        <translation>处理前</translation>
    </message>
    <message>
        <source>After</source>
        <translation>处理后</translation>
    </message>
</context>
<context>
    <name>BottomBar</name>
    <message>
        <source>Zoom out</source>
        <translation>缩小</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>放大</translation>
    </message>
    <message>
        <source>Show all of it</source>
        <translation>显示全图</translation>
    </message>
    <message>
        <source>Turn clockwise</source>
        <translation>顺时针旋转</translation>
    </message>
    <message>
        <source>Choose a region: drag a rectangle</source>
        <translation>选择区域：拖出一个矩形</translation>
    </message>
    <message>
        <source>Shift and drag</source>
        <translation>按住 Shift 拖动</translation>
    </message>
    <message>
        <source>Find something in this picture</source>
        <translation>在这张图片中查找</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
    <message>
        <source>{percent} %</source>
        <translation>{percent}%</translation>
    </message>
    <message>
        <source>Zoom {percent} %</source>
        <translation>缩放 {percent}%</translation>
    </message>
    <message>
        <source>The model in use cannot say where things are in a picture</source>
        <translation>当前模型无法指出物体在图片中的位置</translation>
    </message>
    <message>
        <source>Boxes: {count}</source>
        <translation>方框：{count}</translation>
    </message>
    <message>
        <source>Show or hide the boxes of the answer</source>
        <translation>显示或隐藏回答中的方框</translation>
    </message>
</context>
<context>
    <name>BoxMenu</name>
    <message>
        <source>Copy the picture with its boxes</source>
        <translation>复制带方框的图片</translation>
    </message>
    <message>
        <source>Save the picture with its boxes…</source>
        <translation>保存带方框的图片…</translation>
    </message>
    <message>
        <source>Copy the boxes as JSON</source>
        <translation>将方框复制为 JSON</translation>
    </message>
    <message>
        <source>Save the boxes as JSON…</source>
        <translation>将方框保存为 JSON…</translation>
    </message>
    <message>
        <source>Open the original in another app</source>
        <translation>在其他应用中打开原图</translation>
    </message>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Save the picture with its boxes</source>
        <translation>保存带方框的图片</translation>
    </message>
    <message>
        <source>Save the boxes as JSON</source>
        <translation>将方框保存为 JSON</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>{name} with boxes</source>
        <translation>{name} 带方框</translation>
    </message>
</context>
<context>
    <name>BoxPreview</name>
    <message>
        <source>Boxes on the picture: {names}</source>
        <translation>图片上的方框：{names}</translation>
    </message>
</context>
<context>
    <name>Boxes</name>
    <message>
        <source>Doubtful: some of this box lies outside the picture.</source>
        <translation>存疑：这个方框有一部分在图片之外。</translation>
    </message>
    <message>
        <source>Doubtful: this box has no width or no height.</source>
        <translation>存疑：这个方框没有宽度或没有高度。</translation>
    </message>
    <message>
        <source>Doubtful: the corners of this box are swapped.</source>
        <translation>存疑：这个方框的角颠倒了。</translation>
    </message>
    <message>
        <source>Locate the {thing}, output its bbox in JSON.</source>
        <extracomment>In Chinese exactly 请给出{thing}的边界框。: models were trained on these words.</extracomment>
        <translation>请给出{thing}的边界框。</translation>
    </message>
    <message>
        <source>thing</source>
        <translation>物体</translation>
    </message>
</context>
<context>
    <name>BudgetButton</name>
    <message>
        <source>How closely the pictures are looked at</source>
        <translation>看图片的仔细程度</translation>
    </message>
    <message>
        <source>{budget}, this time</source>
        <translation>仅此次：{budget}</translation>
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
    <name>CacheContents</name>
    <message>
        <source>Clear</source>
        <translation>清除</translation>
    </message>
    <message>
        <source>Deletes everything that was kept; it is computed again when needed.</source>
        <translation>删除所有保存的内容；需要时会重新计算。</translation>
    </message>
    <message>
        <source>On the disk now: {size}</source>
        <translation>磁盘上现有：{size}</translation>
    </message>
    <message>
        <source>Nothing on the disk now</source>
        <translation>磁盘上现在没有内容</translation>
    </message>
    <message>
        <source>Not all of it could be deleted from {folder}. Another program may hold it.</source>
        <translation>{folder} 中的内容未能全部删除，可能有其他程序正在使用。</translation>
    </message>
</context>
<context>
    <name>CacheSettings</name>
    <message>
        <source>Kept on the disk</source>
        <translation>保存在磁盘上</translation>
    </message>
    <message>
        <source>What the model saw in a picture, so that it need not look again after a restart.</source>
        <translation>模型从图片中看到的内容，重启后不必再看一遍。</translation>
    </message>
    <message>
        <source>Keep conversations too</source>
        <translation>同时保存对话</translation>
    </message>
    <message>
        <source>Going on with a chat after a restart then begins at once. Stores all that the model has read and written, often 100 MB for 1,000 tokens, in files that only you can read. Deleting a chat deletes them.</source>
        <translation>重启后继续对话即可立刻开始。会把模型读过和写过的全部内容存入只有你能读取的文件，通常每 1,000 个词元约 100 MB。删除任一对话都会删除这些文件。</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>不保存</translation>
    </message>
    <message>
        <source>Up to {size}</source>
        <translation>最多 {size}</translation>
    </message>
</context>
<context>
    <name>CaptureSource</name>
    <message>
        <source>The screenshot could not be read. Please try again.</source>
        <translation>无法读取截图，请重试。</translation>
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
        <source>Fill in the form.</source>
        <translation>请填写这个表单。</translation>
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
        <source>{name} · p. {page}</source>
        <translation>{name} · 第 {page} 页</translation>
    </message>
    <message>
        <source>A region of the picture</source>
        <translation>图片的一个区域</translation>
    </message>
    <message>
        <source>Improved; the original is kept</source>
        <translation>已改善；原图已保留</translation>
    </message>
    <message>
        <source>Adding…</source>
        <translation>正在添加…</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Choose a region…</source>
        <translation>选择区域…</translation>
    </message>
    <message>
        <source>Put the original back</source>
        <translation>恢复原图</translation>
    </message>
    <message>
        <source>Improve…</source>
        <translation>改善…</translation>
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
        <source>Add pictures or documents</source>
        <translation>添加图片或文档</translation>
    </message>
    <message>
        <source>Capture a part of the screen</source>
        <translation>截取屏幕的一部分</translation>
    </message>
    <message>
        <source>Find something in the pictures</source>
        <translation>在图片中查找</translation>
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
    <message>
        <source>Ask about the pages…</source>
        <translation>就这些页面提问…</translation>
    </message>
</context>
<context>
    <name>Connections</name>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Host</source>
        <translation>主机</translation>
    </message>
    <message>
        <source>Purpose</source>
        <translation>用途</translation>
    </message>
    <message>
        <source>Received</source>
        <translation>已接收</translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>Complete</source>
        <translation>完成</translation>
    </message>
    <message>
        <source>Sent on</source>
        <translation>已转往别处</translation>
    </message>
    <message>
        <source>Refused</source>
        <translation>被拒绝</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>已停止</translation>
    </message>
    <message>
        <source>Blocked</source>
        <translation>已阻止</translation>
    </message>
    <message>
        <source>Look up the files of {name}</source>
        <translation>查询 {name} 的文件</translation>
    </message>
    <message>
        <source>Download {name}</source>
        <translation>下载 {name}</translation>
    </message>
    <message>
        <source>Look for a newer version</source>
        <translation>查找新版本</translation>
    </message>
    <message>
        <source>Data is being received.</source>
        <translation>正在接收数据。</translation>
    </message>
    <message>
        <source>The server sent what was asked for.</source>
        <translation>服务器发来了所请求的内容。</translation>
    </message>
    <message>
        <source>The server named another address; that one has a line of its own.</source>
        <translation>服务器给出了另一个地址，该地址另列一行。</translation>
    </message>
    <message>
        <source>The server answered with an error.</source>
        <translation>服务器返回了错误。</translation>
    </message>
    <message>
        <source>There was no connection, or it was lost.</source>
        <translation>未能建立连接，或连接已中断。</translation>
    </message>
    <message>
        <source>You paused or removed the download.</source>
        <translation>你暂停或移除了这项下载。</translation>
    </message>
    <message>
        <source>“Stay offline” is on: no connection was made, or it was cut.</source>
        <translation>“保持离线”已开启：没有建立连接，或连接已被切断。</translation>
    </message>
</context>
<context>
    <name>ConnectionsDialog</name>
    <message>
        <source>Connections</source>
        <translation>连接</translation>
    </message>
    <message>
        <source>Stay offline</source>
        <translation>保持离线</translation>
    </message>
    <message>
        <source>Forbids every connection and cuts those that are open.</source>
        <translation>禁止一切连接，并切断正在进行的连接。</translation>
    </message>
    <message>
        <source>Clear the list</source>
        <translation>清空列表</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Groundglass goes online only to fetch models that you ask for. Your pictures, questions and answers stay on this computer.</source>
        <translation>Groundglass 只在你要求下载模型时才联网。你的图片、问题和回答都留在这台电脑上。</translation>
    </message>
    <message>
        <source>Offline: nothing can connect.</source>
        <translation>已离线：任何连接都无法建立。</translation>
    </message>
    <message>
        <source>No connections since Groundglass was started.</source>
        <translation>Groundglass 启动以来没有任何连接。</translation>
    </message>
    <message>
        <source>Kept until Groundglass is closed.</source>
        <translation>记录保留到 Groundglass 关闭为止。</translation>
    </message>
    <message>
        <source>1 connection</source>
        <translation>1 个连接</translation>
    </message>
    <message>
        <source>{count} connections</source>
        <translation>{count} 个连接</translation>
    </message>
    <message>
        <source>{size} received</source>
        <translation>已接收 {size}</translation>
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
    <name>DocumentCard</name>
    <message>
        <source>Document {name}</source>
        <translation>文档 {name}</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Remove {name}</source>
        <translation>移除 {name}</translation>
    </message>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>None</source>
        <translation>全不选</translation>
    </message>
    <message>
        <source>Read the text layer too</source>
        <translation>同时读取文字层</translation>
    </message>
    <message>
        <source>Gives the model the words that the file itself holds, beside the pictures.</source>
        <translation>除页面图像外，还把文件自带的文字交给模型。</translation>
    </message>
    <message>
        <source>Show the pages</source>
        <translation>显示页面</translation>
    </message>
    <message>
        <source>Hide the pages</source>
        <translation>收起页面</translation>
    </message>
    <message>
        <source>Looking at the pages</source>
        <translation>正在查看页面</translation>
    </message>
    <message>
        <source>Pages to ask about</source>
        <translation>要提问的页面</translation>
    </message>
    <message>
        <source>Pages to ask about, such as 1-3, 7</source>
        <translation>要提问的页面，例如 1-3, 7</translation>
    </message>
</context>
<context>
    <name>DocumentShelf</name>
    <message>
        <source>Protected; its password is not kept</source>
        <translation>受密码保护；密码不会被保存</translation>
    </message>
    <message>
        <source>read page by page</source>
        <translation>逐页阅读</translation>
    </message>
    <message>
        <source>{count} ready</source>
        <translation>已就绪 {count} 页</translation>
    </message>
</context>
<context>
    <name>DocumentTexts</name>
    <message>
        <source>{name} is protected in a way that is not known here. Save a copy without protection and add that.</source>
        <translation>{name}的保护方式无法识别。请另存一份未加保护的副本，再添加它。</translation>
    </message>
    <message>
        <source>{name} is protected. Type its password to open it; it is not kept anywhere.</source>
        <translation>{name}受密码保护。请输入密码打开它；密码不会被保存。</translation>
    </message>
    <message>
        <source>This password does not open the document. Capital letters matter; try again.</source>
        <translation>此密码无法打开该文档。请注意区分大小写，再试一次。</translation>
    </message>
    <message>
        <source>Page {page} of {name} is damaged and cannot be shown. The other pages can be asked about.</source>
        <translation>{name}的第 {page} 页已损坏，无法显示。其他页面仍可提问。</translation>
    </message>
    <message>
        <source>{name} is damaged or incomplete and cannot be opened. Copy or save it again from where it came from.</source>
        <translation>{name}已损坏或不完整，无法打开。请从原处重新复制或保存一份。</translation>
    </message>
    <message>
        <source>{name} has no pages, so there is nothing to look at. Choose another document.</source>
        <translation>{name}没有任何页面，没有可看的内容。请选择其他文档。</translation>
    </message>
    <message>
        <source>No page of {count} chosen</source>
        <translation>共 {count} 页，未选择</translation>
    </message>
    <message>
        <source>All {count} pages</source>
        <translation>全部 {count} 页</translation>
    </message>
    <message>
        <source>{chosen} of {count} pages</source>
        <translation>{count} 页中的 {chosen} 页</translation>
    </message>
    <message>
        <source>about {tokens} tokens</source>
        <translation>约 {tokens} 个词元</translation>
    </message>
    <message>
        <source>{tokens} tokens</source>
        <translation>{tokens} 个词元</translation>
    </message>
    <message>
        <source>Notes from the pages</source>
        <translation>各页笔记</translation>
    </message>
    <message>
        <source>p. {page}</source>
        <translation>第{page}页</translation>
    </message>
    <message>
        <source>{read} of {count} pages were read, {found} of them hold something about the question.</source>
        <translation>已阅读 {count} 页中的 {read} 页，其中 {found} 页有与问题相关的内容。</translation>
    </message>
</context>
<context>
    <name>DropOverlay</name>
    <message>
        <source>You choose whether it is copied, linked or used where it is.</source>
        <translation>复制、链接还是原地使用，由你选择。</translation>
    </message>
    <message>
        <source>Add this model</source>
        <translation>添加此模型</translation>
    </message>
    <message>
        <source>{count} of what you drag cannot be added: only pictures and documents can.</source>
        <translation>拖入的内容中有 {count} 项无法添加：只能添加图片和文档。</translation>
    </message>
    <message>
        <source>Only pictures and documents can be added</source>
        <translation>只能添加图片和文档</translation>
    </message>
    <message>
        <source>Such as photos, screenshots and scans: JPEG, PNG, HEIC, WebP, TIFF, PDF.</source>
        <translation>例如照片、截图和扫描件：JPEG、PNG、HEIC、WebP、TIFF、PDF。</translation>
    </message>
    <message>
        <source>Add 1 picture</source>
        <translation>添加 1 张图片</translation>
    </message>
    <message>
        <source>Add {count} pictures</source>
        <translation>添加 {count} 张图片</translation>
    </message>
    <message>
        <source>Add 1 document</source>
        <translation>添加 1 个文档</translation>
    </message>
    <message>
        <source>Add {count} documents</source>
        <translation>添加 {count} 个文档</translation>
    </message>
    <message>
        <source>Add {count} pictures and documents</source>
        <translation>添加 {count} 个图片和文档</translation>
    </message>
    <message>
        <source>Folders cannot be added</source>
        <translation>不能添加文件夹</translation>
    </message>
    <message>
        <source>Drop the pictures that are in it.</source>
        <translation>请拖入其中的图片。</translation>
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
        <source>More answer faster and fill the graphics memory. MLX always has all of them there.</source>
        <translation>越多回答越快，也越占显存。MLX 始终全部放在 GPU 上。</translation>
    </message>
    <message>
        <source>More can answer faster and leave less of the computer to other apps. MLX chooses by itself.</source>
        <translation>越多可能回答越快，留给其他应用的算力也越少。MLX 会自行决定。</translation>
    </message>
    <message>
        <source>On</source>
        <translation>开启</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Flash attention</source>
        <translation>Flash 注意力</translation>
    </message>
    <message>
        <source>Saves memory and mostly time; off is for devices that are slow with it. A smaller conversation memory always uses it, and MLX has its own.</source>
        <translation>节省内存，通常也更快；仅在设备用它反而变慢时关闭。较小的对话缓存总会使用它，MLX 有自己的实现。</translation>
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
        <source>CPU threads</source>
        <translation>CPU 线程数</translation>
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
    <name>EngineTexts</name>
    <message>
        <source>This model reads at most {length} tokens at once; that is used.</source>
        <translation>此模型一次最多读取 {length} 个词元，因此按此长度使用。</translation>
    </message>
    <message>
        <source>To fit the memory, the context is {length} tokens instead of {wanted}.</source>
        <translation>为适应内存，上下文为 {length} 个词元，而不是 {wanted} 个。</translation>
    </message>
    <message>
        <source>{one}; {other}</source>
        <translation>{one}；{other}</translation>
    </message>
    <message>
        <source>To fit the memory: {changes}.</source>
        <translation>为适应内存：{changes}。</translation>
    </message>
    <message>
        <source>context of {length} tokens instead of {wanted}</source>
        <translation>上下文 {length} 个词元（原为 {wanted} 个）</translation>
    </message>
    <message>
        <source>attention cache kept as {type}</source>
        <translation>注意力缓存以 {type} 保存</translation>
    </message>
    <message>
        <source>nothing on the GPU</source>
        <translation>不使用 GPU</translation>
    </message>
    <message>
        <source>{count} layers on the GPU</source>
        <translation>GPU 上 {count} 层</translation>
    </message>
</context>
<context>
    <name>ErrorTexts</name>
    <message>
        <source>The list of models that can be downloaded is damaged. Install Groundglass again; your models and conversations stay as they are.</source>
        <translation>可下载模型的列表已损坏。请重新安装 Groundglass；你的模型和对话不会受影响。</translation>
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
        <source>{name} is neither a picture nor a document. Choose a JPEG, PNG, WebP, GIF, BMP, TIFF, HEIC, AVIF or PDF file.</source>
        <translation>{name}既不是图片也不是文档。请选择 JPEG、PNG、WebP、GIF、BMP、TIFF、HEIC、AVIF 或 PDF 文件。</translation>
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
        <source>{name} cannot see without its vision file. Put a file such as “{wanted}” in the same folder, or add both files together.</source>
        <translation>{name}缺少视觉文件，无法看图。请把“{wanted}”这样的文件放进同一文件夹，或将两个文件一起添加。</translation>
    </message>
    <message>
        <source>The model&apos;s vision file (mmproj) is missing, and without it the model cannot see. Put it in the model&apos;s folder, or add both files together.</source>
        <translation>缺少模型的视觉文件（mmproj），没有它模型无法看图。请把它放进模型所在的文件夹，或将两个文件一起添加。</translation>
    </message>
    <message>
        <source>{name} is a vision file, not a language model. Add the model it came with together with it.</source>
        <translation>{name}是视觉文件，不是语言模型。请把与它配套的模型一起添加。</translation>
    </message>
    <message>
        <source>{name} is not there any more, so the model cannot be used. It may have been moved or deleted; bring it back, or choose another model.</source>
        <translation>{name}已不在原处，因此无法使用该模型。它可能被移动或删除了；请把它放回来，或选择其他模型。</translation>
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
        <source>{name} is a model of the kind “{kind}”, which this version does not know; choose another model.</source>
        <translation>{name} 属于“{kind}”类模型，此版本尚不支持；请选择其他模型。</translation>
    </message>
    <message>
        <source>{name} brings program code of its own ({code_file}), and Groundglass never runs a model&apos;s code; choose another model.</source>
        <translation>{name} 自带程序代码（{code_file}），而 Groundglass 从不运行模型自带的代码；请选择其他模型。</translation>
    </message>
    <message>
        <source>{name} could not be loaded. It may be damaged, or of a kind that this version does not know; choose another model.</source>
        <translation>无法加载{name}。它可能已损坏，或是此版本不认识的类型；请选择其他模型。</translation>
    </message>
    <message>
        <source>{name} is a language model that cannot look at pictures. Choose one made for pictures, with its vision file.</source>
        <translation>{name}是看不了图片的语言模型。请选择支持图片的模型，并带上它的视觉文件。</translation>
    </message>
    <message>
        <source>{name} has its vision part inside the model file, in a form that only Ollama reads. Get this model here instead.</source>
        <translation>{name}的视觉部分包含在模型文件里，这种形式只有 Ollama 能读取。请改为在这里获取该模型。</translation>
    </message>
    <message>
        <source>These are several models. Add one at a time; its vision file may come with it.</source>
        <translation>这是好几个模型。请一次只添加一个，可以连同它的视觉文件。</translation>
    </message>
    <message>
        <source>There is no model in this folder. A model is a GGUF file, or a folder with config.json and safetensors files.</source>
        <translation>此文件夹里没有模型。模型是一个 GGUF 文件，或一个含 config.json 和 safetensors 文件的文件夹。</translation>
    </message>
    <message>
        <source>A link to {name} cannot be made here. Copy the model instead, or leave it where it is.</source>
        <translation>无法在这里创建指向{name}的链接。请改为复制模型，或让它留在原处。</translation>
    </message>
    <message>
        <source>{name} is made for MLX, which does not run on this computer. Get the model in its GGUF form instead.</source>
        <translation>{name} 是为 MLX 制作的，而 MLX 无法在这台电脑上运行。请改为获取该模型的 GGUF 版本。</translation>
    </message>
    <message>
        <source>{name} is not on this computer in a form for {engine}. Get that form first, or let the other engine run it.</source>
        <translation>这台电脑上没有 {name} 的 {engine} 版本。请先获取该版本，或改用另一个引擎运行。</translation>
    </message>
    <message>
        <source>{name} is not on this computer in a form for this engine. Get that form first, or let the other engine run it.</source>
        <translation>这台电脑上没有 {name} 的这一引擎版本。请先获取该版本，或改用另一个引擎运行。</translation>
    </message>
    <message>
        <source>{name} is not the vision file of “{model}”, so pictures would not be understood. Choose the mmproj file that came with this model.</source>
        <translation>{name}不是“{model}”的视觉文件，图片会无法理解。请选择随这个模型提供的 mmproj 文件。</translation>
    </message>
    <message>
        <source>Loading the model was stopped. Load it again when you want to ask something.</source>
        <translation>模型加载已停止。需要提问时请重新加载。</translation>
    </message>
    <message>
        <source>{name} is no model but an adapter (LoRA). Use the model it was made for, and add it in the settings under Answers.</source>
        <translation>{name}不是模型，而是适配器（LoRA）。请使用它所针对的模型，并在设置的“回答”页中添加它。</translation>
    </message>
    <message>
        <source>The adapter {name} is not there any more. Put it back, or remove it from the model&apos;s adapters in the settings.</source>
        <translation>适配器{name}已不在原处。请把它放回去，或在设置中将它从模型的适配器里移除。</translation>
    </message>
    <message>
        <source>{name} is no adapter that can be used here: it is damaged, no LoRA, or written for another engine.</source>
        <translation>{name}不是可在此使用的适配器：它已损坏、不是 LoRA，或是为另一种引擎编写的。</translation>
    </message>
    <message>
        <source>{name} was made for another model than this one, so it cannot be laid over it.</source>
        <translation>{name}是为另一个模型制作的，不能用在这个模型上。</translation>
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
        <source>No model is loaded, so there is nobody to answer. Choose one, then ask again.</source>
        <translation>没有加载模型，因此无法回答。请先选择一个模型，再重新提问。</translation>
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
    <name>ExportBar</name>
    <message>
        <source>Saved</source>
        <translation>已保存</translation>
    </message>
</context>
<context>
    <name>FactSheet</name>
    <message>
        <source>Form</source>
        <translation>规格</translation>
    </message>
    <message>
        <source>Runs with</source>
        <translation>运行引擎</translation>
    </message>
    <message>
        <source>{form} · recommended</source>
        <translation>{form} · 推荐</translation>
    </message>
    <message>
        <source>size not known yet</source>
        <translation>大小未知</translation>
    </message>
    <message>
        <source>installed</source>
        <translation>已安装</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>About</source>
        <translation>信息</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>来源</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>许可证</translation>
    </message>
    <message>
        <source>Parameters</source>
        <translation>参数量</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>{count} tokens</source>
        <translation>{count} 个词元</translation>
    </message>
    <message>
        <source>Follow-ups</source>
        <translation>追问</translation>
    </message>
    <message>
        <source>reads everything again, so slower</source>
        <translation>每次都要重新读，较慢</translation>
    </message>
    <message>
        <source>From</source>
        <translation>来自</translation>
    </message>
    <message>
        <source>Kept</source>
        <translation>保存方式</translation>
    </message>
    <message>
        <source>Open {repo} in the browser</source>
        <translation>在浏览器中打开 {repo}</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>not there</source>
        <translation>不在了</translation>
    </message>
</context>
<context>
    <name>FieldRow</name>
    <message>
        <source>Name, such as total</source>
        <translation>名称，例如：总额</translation>
    </message>
    <message>
        <source>Name of the field</source>
        <translation>字段名称</translation>
    </message>
    <message>
        <source>What the field holds</source>
        <translation>字段的内容</translation>
    </message>
    <message>
        <source>What can be chosen, such as red, green, blue</source>
        <translation>选项，例如：红，绿，蓝</translation>
    </message>
    <message>
        <source>What can be chosen</source>
        <translation>选项</translation>
    </message>
    <message>
        <source>Always there</source>
        <translation>必填</translation>
    </message>
    <message>
        <source>Otherwise the model may say that the picture has nothing for it</source>
        <translation>不勾选时，模型可以说图片中没有这一项</translation>
    </message>
    <message>
        <source>Remove the field</source>
        <translation>移除字段</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>文字</translation>
    </message>
    <message>
        <source>Number</source>
        <translation>数字</translation>
    </message>
    <message>
        <source>Whole number</source>
        <translation>整数</translation>
    </message>
    <message>
        <source>Yes or no</source>
        <translation>是或否</translation>
    </message>
    <message>
        <source>Date</source>
        <translation>日期</translation>
    </message>
    <message>
        <source>List of texts</source>
        <translation>文字列表</translation>
    </message>
    <message>
        <source>Choice</source>
        <translation>选项之一</translation>
    </message>
</context>
<context>
    <name>FieldsEditor</name>
    <message>
        <source>Add a field</source>
        <translation>添加字段</translation>
    </message>
</context>
<context>
    <name>Figures</name>
    <message>
        <source>Last answers of this model</source>
        <translation>该模型最近的回答</translation>
    </message>
    <message>
        <source>First word</source>
        <translation>首个词</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>{count} ms</source>
        <translation>{count} 毫秒</translation>
    </message>
    <message>
        <source>{count} s</source>
        <translation>{count} 秒</translation>
    </message>
    <message>
        <source>{speed} tokens/s</source>
        <translation>{speed} 词元/秒</translation>
    </message>
    <message>
        <source>Looking at pictures</source>
        <translation>查看图片</translation>
    </message>
    <message>
        <source>nothing new to look at</source>
        <translation>没有新图片要看</translation>
    </message>
    <message>
        <source>Reading</source>
        <translation>阅读</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>书写</translation>
    </message>
    <message>
        <source>Reused</source>
        <translation>复用</translation>
    </message>
    <message>
        <source>Context</source>
        <translation>上下文</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>内存</translation>
    </message>
    <message>
        <source>of the engine&apos;s process</source>
        <translation>引擎进程占用</translation>
    </message>
    <message>
        <source>Loading</source>
        <translation>加载</translation>
    </message>
    <message>
        <source>when the model was loaded last</source>
        <translation>最近一次加载模型所用</translation>
    </message>
    <message>
        <source>Begun anew</source>
        <translation>重新作答</translation>
    </message>
    <message>
        <source>since the answer went round in circles</source>
        <translation>因为回答陷入循环</translation>
    </message>
    <message>
        <source>{label}: {value}</source>
        <translation>{label}：{value}</translation>
    </message>
    <message>
        <source>In advance</source>
        <translation>提前完成</translation>
    </message>
    <message>
        <source>{pictures}, in {time}</source>
        <translation>{pictures}，用时 {time}</translation>
    </message>
    <message>
        <source>while the question was written</source>
        <translation>在输入问题期间</translation>
    </message>
    <message>
        <source>{percent} %</source>
        <translation>{percent}%</translation>
    </message>
    <message>
        <source>{part} of {whole} tokens</source>
        <translation>{part} / {whole} 词元</translation>
    </message>
    <message>
        <source>1 token</source>
        <translation>1 个词元</translation>
    </message>
    <message>
        <source>{count} tokens</source>
        <translation>{count} 个词元</translation>
    </message>
    <message>
        <source>{count} looked at</source>
        <translation>查看了 {count} 张</translation>
    </message>
    <message>
        <source>{count} known from the disk</source>
        <translation>{count} 张来自磁盘缓存</translation>
    </message>
</context>
<context>
    <name>FiguresDialog</name>
    <message>
        <source>Figures</source>
        <translation>数据</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>The last {count} answers of this model</source>
        <translation>该模型最近 {count} 次回答</translation>
    </message>
    <message>
        <source>No model</source>
        <translation>没有模型</translation>
    </message>
    <message>
        <source>No answer of this model has been measured yet.</source>
        <translation>该模型还没有测得任何回答的数据。</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
</context>
<context>
    <name>FilterBar</name>
    <message>
        <source>All</source>
        <translation>全部</translation>
    </message>
    <message>
        <source>Fits this computer</source>
        <translation>本机能运行</translation>
    </message>
</context>
<context>
    <name>FindRow</name>
    <message>
        <source>What to find, such as: the signature</source>
        <translation>要查找什么，例如：签名</translation>
    </message>
    <message>
        <source>What to find</source>
        <translation>要查找的内容</translation>
    </message>
    <message>
        <source>Find</source>
        <translation>查找</translation>
    </message>
</context>
<context>
    <name>FormBar</name>
    <message>
        <source>Copy as text</source>
        <translation>复制为文字</translation>
    </message>
    <message>
        <source>A line for each field</source>
        <translation>每个字段一行</translation>
    </message>
    <message>
        <source>Copy JSON</source>
        <translation>复制 JSON</translation>
    </message>
    <message>
        <source>For a program</source>
        <translation>供程序使用</translation>
    </message>
    <message>
        <source>Save CSV…</source>
        <translation>保存 CSV…</translation>
    </message>
    <message>
        <source>A table, for any spreadsheet</source>
        <translation>表格，任何电子表格软件都能打开</translation>
    </message>
    <message>
        <source>Save JSON…</source>
        <translation>保存 JSON…</translation>
    </message>
    <message>
        <source>As the model wrote it, for a program</source>
        <translation>按模型写的原样，供程序使用</translation>
    </message>
    <message>
        <source>Show JSON</source>
        <translation>显示 JSON</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>CSV table</source>
        <translation>CSV 表格</translation>
    </message>
    <message>
        <source>Save the form</source>
        <translation>保存表单</translation>
    </message>
    <message>
        <source>Form</source>
        <translation>表单</translation>
    </message>
    <message>
        <source>JSON file</source>
        <translation>JSON 文件</translation>
    </message>
    <message>
        <source>Hide JSON</source>
        <translation>隐藏 JSON</translation>
    </message>
</context>
<context>
    <name>FormButton</name>
    <message>
        <source>Answer in any form</source>
        <translation>自由回答</translation>
    </message>
    <message>
        <source>Answer as a form</source>
        <translation>以表单回答</translation>
    </message>
    <message>
        <source>Answer as a form: {name}</source>
        <translation>以表单回答：{name}</translation>
    </message>
</context>
<context>
    <name>FormLine</name>
    <message>
        <source>Answer as a form: {name}</source>
        <translation>以表单回答：{name}</translation>
    </message>
</context>
<context>
    <name>FormPart</name>
    <message>
        <source>The answer as JSON</source>
        <translation>JSON 形式的回答</translation>
    </message>
</context>
<context>
    <name>FormView</name>
    <message>
        <source>Answer as a form</source>
        <translation>表单形式的回答</translation>
    </message>
</context>
<context>
    <name>FormWords</name>
    <message>
        <source>Yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>No</source>
        <translation>否</translation>
    </message>
</context>
<context>
    <name>FoundRow</name>
    <message>
        <source>Add…</source>
        <translation>添加…</translation>
    </message>
    <message>
        <source>Add {name}</source>
        <translation>添加 {name}</translation>
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
    <name>HintLabel</name>
    <message>
        <source>Saved</source>
        <translation>已保存</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
</context>
<context>
    <name>ImportDialog</name>
    <message>
        <source>Add a model</source>
        <translation>添加模型</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Reading what it is…</source>
        <translation>正在识别…</translation>
    </message>
    <message>
        <source>and {count} more files</source>
        <translation>以及另外 {count} 个文件</translation>
    </message>
    <message>
        <source>Use it where it is</source>
        <translation>直接使用原文件</translation>
    </message>
    <message>
        <source>Copy it</source>
        <translation>复制一份</translation>
    </message>
    <message>
        <source>Link it</source>
        <translation>建立链接</translation>
    </message>
    <message>
        <source>Takes no room. When the file is moved or deleted, the model is gone here too.</source>
        <translation>不占空间。原文件移动或删除后，这里也就不能用了。</translation>
    </message>
    <message>
        <source>Takes {size} more, {free} are free. What happens to the original does not matter.</source>
        <translation>需要再占用 {size}，磁盘还有 {free} 可用。之后原文件怎样都不影响。</translation>
    </message>
    <message>
        <source>Takes no room. On the same disk the model stays when the original is deleted.</source>
        <translation>不占空间。在同一磁盘上，即使删除原文件，模型仍然可用。</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>ImproveSheet</name>
    <message>
        <source>Improve the picture</source>
        <translation>改善图片</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>亮度</translation>
    </message>
    <message>
        <source>Brightens dark pictures; bright parts stay as they are</source>
        <translation>提亮偏暗的图片，亮处保持不变</translation>
    </message>
    <message>
        <source>Contrast</source>
        <translation>对比度</translation>
    </message>
    <message>
        <source>Evens out the contrast place by place, as in shadows</source>
        <translation>逐处均衡对比度，例如阴影部分</translation>
    </message>
    <message>
        <source>White balance</source>
        <translation>白平衡</translation>
    </message>
    <message>
        <source>Takes the colour of the light away: paper becomes white</source>
        <translation>去除光线的颜色，让纸张变白</translation>
    </message>
    <message>
        <source>Sharpen</source>
        <translation>锐化</translation>
    </message>
    <message>
        <source>Makes edges clearer; what was never caught stays lost</source>
        <translation>让边缘更清晰；没有拍到的细节无法恢复</translation>
    </message>
    <message>
        <source>Straighten</source>
        <translation>拉正</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Use this picture</source>
        <translation>使用这张图片</translation>
    </message>
    <message>
        <source>The original is kept and can be put back.</source>
        <translation>原图会保留，可随时恢复。</translation>
    </message>
    <message>
        <source>This picture is {faults}.</source>
        <translation>这张图片{faults}。</translation>
    </message>
    <message>
        <source>Nothing seems wrong with this picture; you may still change it.</source>
        <translation>这张图片看起来没有问题，您仍可进行调整。</translation>
    </message>
    <message>
        <source>{degrees}°</source>
        <translation>{degrees}°</translation>
    </message>
    <message>
        <source>{name} · p. {page}</source>
        <translation>{name} · 第 {page} 页</translation>
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
    <name>MacCapture</name>
    <message>
        <source>macOS does not let Groundglass see the screen. Allow it in System Settings, Privacy &amp; Security, Screen Recording, and start Groundglass again.</source>
        <translation>macOS 未允许 Groundglass 查看屏幕。请在“系统设置”的“隐私与安全性”的“屏幕录制”中允许，然后重新启动 Groundglass。</translation>
    </message>
    <message>
        <source>The system&apos;s tool for screenshots could not be started. Take one with Cmd+Ctrl+Shift+4 and paste it.</source>
        <translation>无法启动系统截图工具。请按 Cmd+Ctrl+Shift+4 截图，然后粘贴。</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Pictures and documents</source>
        <translation>图片和文档</translation>
    </message>
    <message>
        <source>Add pictures or documents</source>
        <translation>添加图片或文档</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
</context>
<context>
    <name>ModelActions</name>
    <message>
        <source>Reading every byte…</source>
        <translation>正在逐字节读取…</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Give up the download of {name}?</source>
        <translation>放弃下载 {name}？</translation>
    </message>
    <message>
        <source>{size} that have come already are deleted.</source>
        <translation>已下载的 {size} 会被删除。</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Remove {name}?</source>
        <translation>移除 {name}？</translation>
    </message>
    <message>
        <source>{size} are freed. You can get it again at any time.</source>
        <translation>将释放 {size}。以后可以随时重新下载。</translation>
    </message>
    <message>
        <source>The copy is deleted and {size} are freed.</source>
        <translation>将删除这份副本，释放 {size}。</translation>
    </message>
    <message>
        <source>It leaves this list. The file itself stays where it is.</source>
        <translation>只是从列表中移除，文件本身留在原处。</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Damaged: {names}. Remove the model and get it again.</source>
        <translation>已损坏：{names}。请移除这个模型后重新下载。</translation>
    </message>
    <message>
        <source>Every file is what was downloaded.</source>
        <translation>所有文件都与下载时一致。</translation>
    </message>
    <message>
        <source>The files can be read and belong together.</source>
        <translation>文件可以读取，并且互相配套。</translation>
    </message>
</context>
<context>
    <name>ModelCommands</name>
    <message>
        <source>Get again</source>
        <translation>重新下载</translation>
    </message>
    <message>
        <source>Continue here</source>
        <translation>改在这里下载</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Get</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Use</source>
        <translation>使用</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>校验</translation>
    </message>
    <message>
        <source>Show in folder</source>
        <translation>在文件夹中显示</translation>
    </message>
    <message>
        <source>{command}: {name}</source>
        <translation>{command}：{name}</translation>
    </message>
</context>
<context>
    <name>ModelDetails</name>
    <message>
        <source>Back to the list</source>
        <translation>返回列表</translation>
    </message>
    <message>
        <source>Details of {name}</source>
        <translation>{name} 的详细信息</translation>
    </message>
    <message>
        <source>Download of {name}</source>
        <translation>{name} 的下载</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>正在使用</translation>
    </message>
</context>
<context>
    <name>ModelNotices</name>
    <message>
        <source>{name} takes over when this answer is finished.</source>
        <translation>本次回答结束后将改用 {name}。</translation>
    </message>
    <message>
        <source>Stop the answer</source>
        <translation>停止回答</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>{name} could not be loaded.</source>
        <translation>{name} 未能加载。</translation>
    </message>
    <message>
        <source>{name} could not be loaded with {engine}.</source>
        <translation>{name} 未能用 {engine} 加载。</translation>
    </message>
    <message>
        <source>Use {name} instead</source>
        <translation>改用 {name}</translation>
    </message>
    <message>
        <source>Try with {engine}</source>
        <translation>改用 {engine} 试试</translation>
    </message>
    <message>
        <source>{name} is ready.</source>
        <translation>{name} 已就绪。</translation>
    </message>
    <message>
        <source>Use it</source>
        <translation>使用它</translation>
    </message>
</context>
<context>
    <name>ModelOffer</name>
    <message>
        <source>Download</source>
        <translation>下载</translation>
    </message>
    <message>
        <source>All models…</source>
        <translation>所有模型…</translation>
    </message>
    <message>
        <source>{name} is ready</source>
        <translation>{name} 已就绪</translation>
    </message>
    <message>
        <source>For real photos: {name}</source>
        <translation>看懂真实照片：{name}</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>waits for its turn</source>
        <translation>排队中</translation>
    </message>
    <message>
        <source>Groundglass stays offline, as you chose.</source>
        <translation>按你的选择，Groundglass 保持离线。</translation>
    </message>
    <message>
        <source>connecting</source>
        <translation>正在连接</translation>
    </message>
    <message>
        <source>checking what is here</source>
        <translation>正在检查已有内容</translation>
    </message>
    <message>
        <source>fits this computer well</source>
        <translation>很适合这台电脑</translation>
    </message>
    <message>
        <source>just fits this computer</source>
        <translation>这台电脑勉强够用</translation>
    </message>
    <message>
        <source>too big for this computer</source>
        <translation>对这台电脑来说太大</translation>
    </message>
    <message>
        <source>about {duration} to download</source>
        <translation>下载约需 {duration}</translation>
    </message>
    <message>
        <source>Connections…</source>
        <translation>连接…</translation>
    </message>
    <message>
        <source>Get it</source>
        <translation>获取</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Use it</source>
        <translation>使用它</translation>
    </message>
</context>
<context>
    <name>ModelPill</name>
    <message>
        <source>Load again</source>
        <translation>重新加载</translation>
    </message>
    <message>
        <source>Unload now</source>
        <translation>立即卸载</translation>
    </message>
    <message>
        <source>{name} · {percent} %</source>
        <translation>{name} · {percent}%</translation>
    </message>
    <message>
        <source>{name} · asleep</source>
        <translation>{name} · 休眠中</translation>
    </message>
    <message>
        <source>Model: {name}</source>
        <translation>模型：{name}</translation>
    </message>
    <message>
        <source>Load now</source>
        <translation>立即加载</translation>
    </message>
    <message>
        <source>Try with {engine}</source>
        <translation>改用 {engine} 试试</translation>
    </message>
    <message>
        <source>Run with {engine}</source>
        <translation>用 {engine} 运行</translation>
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
        <source>cannot be found</source>
        <translation>找不到</translation>
    </message>
    <message>
        <source>after this answer</source>
        <translation>本次回答之后</translation>
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
        <source>Asleep: its memory is free. The next question wakes it.</source>
        <translation>休眠中：内存已释放，下一次提问会唤醒它。</translation>
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
        <source>{name} takes over when this answer is finished.</source>
        <translation>本次回答结束后将改用 {name}。</translation>
    </message>
    <message>
        <source>Ready on the GPU with MLX · context {tokens} tokens</source>
        <translation>已就绪：MLX，GPU 运行 · 上下文 {tokens} 词元</translation>
    </message>
    <message>
        <source>Ready on the CPU with MLX · context {tokens} tokens</source>
        <translation>已就绪：MLX，CPU 运行 · 上下文 {tokens} 词元</translation>
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
    <name>ModelRow</name>
    <message>
        <source>Download of {name}</source>
        <translation>{name} 的下载</translation>
    </message>
    <message>
        <source>In use</source>
        <translation>正在使用</translation>
    </message>
    <message>
        <source>Recommended</source>
        <translation>推荐</translation>
    </message>
    <message>
        <source>size not known yet</source>
        <translation>大小未知</translation>
    </message>
    <message>
        <source>about {duration}</source>
        <translation>约 {duration}</translation>
    </message>
    <message>
        <source>More on {name}</source>
        <translation>{name} 的更多操作</translation>
    </message>
    <message>
        <source>More</source>
        <translation>更多</translation>
    </message>
</context>
<context>
    <name>ModelSettingsPage</name>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Never</source>
        <translation>从不</translation>
    </message>
    <message>
        <source>Unload when idle</source>
        <translation>空闲时卸载</translation>
    </message>
    <message>
        <source>Gives the memory back to other apps; the next question loads the model again.</source>
        <translation>把内存还给其他应用；下一次提问会重新加载模型。</translation>
    </message>
    <message>
        <source>Stay offline</source>
        <translation>保持离线</translation>
    </message>
    <message>
        <source>Forbids every connection, so that no model can be downloaded.</source>
        <translation>禁止一切连接，因此无法下载模型。</translation>
    </message>
    <message>
        <source>Download from</source>
        <translation>下载来源</translation>
    </message>
    <message>
        <source>Tried from top to bottom. What is not ticked is never asked.</source>
        <translation>从上到下依次尝试。未勾选的来源不会被访问。</translation>
    </message>
    <message>
        <source>Address of your own</source>
        <translation>自定义地址</translation>
    </message>
    <message>
        <source>A server that speaks like Hugging Face, such as your company&apos;s; tried first.</source>
        <translation>与 Hugging Face 接口相同的服务器，例如公司内部的镜像；最先尝试。</translation>
    </message>
    <message>
        <source>Hugging Face token</source>
        <translation>Hugging Face 令牌</translation>
    </message>
    <message>
        <source>Only for models that ask for an account. Sent to huggingface.co, never to a mirror; kept in a file that only you can read.</source>
        <translation>只用于需要账号的模型。仅发送给 huggingface.co，绝不发送给镜像；保存在只有你能读取的文件里。</translation>
    </message>
    <message>
        <source>Models are kept in</source>
        <translation>模型存放位置</translation>
    </message>
    <message>
        <source>After 1 minute</source>
        <translation>1 分钟后</translation>
    </message>
    <message>
        <source>After {count} minutes</source>
        <translation>{count} 分钟后</translation>
    </message>
    <message>
        <source>Show the token</source>
        <translation>显示令牌</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Tick at least one place to download from.</source>
        <translation>请至少勾选一个下载来源。</translation>
    </message>
    <message>
        <source>Your own address is not one: it begins with https://.</source>
        <translation>自定义地址无效：地址应以 https:// 开头。</translation>
    </message>
    <message>
        <source>The token has characters that no token has.</source>
        <translation>令牌中含有不该出现的字符。</translation>
    </message>
</context>
<context>
    <name>ModelWords</name>
    <message>
        <source>Photos</source>
        <translation>照片</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>Reading text</source>
        <translation>文字识别</translation>
    </message>
    <message>
        <source>Chinese</source>
        <translation>中文</translation>
    </message>
    <message>
        <source>Finding things</source>
        <translation>定位物体</translation>
    </message>
    <message>
        <source>Fits well</source>
        <translation>内存充足</translation>
    </message>
    <message>
        <source>Tight</source>
        <translation>内存偏紧</translation>
    </message>
    <message>
        <source>Too big</source>
        <translation>内存不足</translation>
    </message>
    <message>
        <source>Fit unknown</source>
        <translation>无法估计</translation>
    </message>
    <message>
        <source>The size of its files is not known before the download.</source>
        <translation>下载之前无法知道文件大小。</translation>
    </message>
    <message>
        <source>about {size}</source>
        <translation>约 {size}</translation>
    </message>
    <message>
        <source>Needs {need} of memory; this computer can give a model {limit}.</source>
        <translation>需要 {need} 内存；这台电脑可以给模型 {limit}。</translation>
    </message>
    <message>
        <source>Part of it will be computed without the graphics card, and slower.</source>
        <translation>一部分无法放进显卡计算，会慢一些。</translation>
    </message>
    <message>
        <source>Less is free at the moment: close other programs first.</source>
        <translation>目前空闲内存不够：请先关闭其他程序。</translation>
    </message>
    <message>
        <source>Language model</source>
        <translation>语言模型</translation>
    </message>
    <message>
        <source>Vision encoder</source>
        <translation>视觉编码器</translation>
    </message>
    <message>
        <source>{tokens} tokens of context</source>
        <translation>{tokens} 个词元的上下文</translation>
    </message>
    <message>
        <source>Working memory</source>
        <translation>运算缓冲</translation>
    </message>
    <message>
        <source>{bits}-bit for MLX</source>
        <translation>{bits} 位，MLX 版</translation>
    </message>
    <message>
        <source>{bits}-bit, finer vision</source>
        <translation>{bits} 位，视觉更精细</translation>
    </message>
    <message>
        <source>{bits}-bit</source>
        <translation>{bits} 位</translation>
    </message>
    <message>
        <source>{model} · vision {encoder}</source>
        <translation>{model} · 视觉 {encoder}</translation>
    </message>
    <message>
        <source>Licence: see its page</source>
        <translation>许可证：见其主页</translation>
    </message>
    <message>
        <source>The demonstration model that comes with Groundglass, for simple pictures.</source>
        <translation>Groundglass 自带的演示模型，适合简单图片。</translation>
    </message>
    <message>
        <source>Is being copied</source>
        <translation>正在复制</translation>
    </message>
    <message>
        <source>Its files are not here any more. Get it again or remove it.</source>
        <translation>它的文件已经不在了。请重新下载，或将它移除。</translation>
    </message>
    <message>
        <source>Your own file</source>
        <translation>您自己的文件</translation>
    </message>
    <message>
        <source>Hugging Face cache</source>
        <translation>Hugging Face 缓存</translation>
    </message>
    <message>
        <source>llama.cpp cache</source>
        <translation>llama.cpp 缓存</translation>
    </message>
    <message>
        <source>copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>linked</source>
        <translation>已链接</translation>
    </message>
    <message>
        <source>used where it is</source>
        <translation>使用原文件</translation>
    </message>
    <message>
        <source>Waiting for another download</source>
        <translation>等待其他下载</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Connecting</source>
        <translation>正在连接</translation>
    </message>
    <message>
        <source>Checking what is there</source>
        <translation>正在检查已有内容</translation>
    </message>
    <message>
        <source>Putting it in place</source>
        <translation>正在就位</translation>
    </message>
</context>
<context>
    <name>ModelsFooter</name>
    <message>
        <source>Connections…</source>
        <translation>联网记录…</translation>
    </message>
    <message>
        <source>Every connection that Groundglass has made</source>
        <translation>Groundglass 建立过的每一个连接</translation>
    </message>
    <message>
        <source>Models take {used}  ·  {free} free on the disk</source>
        <translation>模型共占用 {used}  ·  磁盘可用 {free}</translation>
    </message>
    <message>
        <source>No model has been downloaded yet  ·  {free} free on the disk</source>
        <translation>还没有下载模型  ·  磁盘可用 {free}</translation>
    </message>
</context>
<context>
    <name>ModelsList</name>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
</context>
<context>
    <name>ModelsShelf</name>
    <message>
        <source>No model in the list matches.</source>
        <translation>没有符合条件的模型。</translation>
    </message>
    <message>
        <source>Show all</source>
        <translation>显示全部</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>重新查找</translation>
    </message>
    <message>
        <source>On the way</source>
        <translation>正在下载</translation>
    </message>
    <message>
        <source>Recommended for this computer</source>
        <translation>适合这台电脑的推荐</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>已在本机</translation>
    </message>
    <message>
        <source>More models</source>
        <translation>更多模型</translation>
    </message>
    <message>
        <source>Found in other programs</source>
        <translation>其他程序中的模型</translation>
    </message>
    <message>
        <source>Looking for models of other programs…</source>
        <translation>正在查找其他程序的模型…</translation>
    </message>
    <message>
        <source>None were found in Hugging Face&apos;s cache, LM Studio, Ollama or llama.cpp. A model file can also be dropped on this window.</source>
        <translation>在 Hugging Face 缓存、LM Studio、Ollama 和 llama.cpp 中都没有找到。也可以把模型文件拖到这个窗口。</translation>
    </message>
</context>
<context>
    <name>ModelsWindow</name>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Add from this computer…</source>
        <translation>从本机添加…</translation>
    </message>
    <message>
        <source>Add this model</source>
        <translation>添加这个模型</translation>
    </message>
    <message>
        <source>A GGUF file…</source>
        <translation>GGUF 文件…</translation>
    </message>
    <message>
        <source>A folder with an MLX model…</source>
        <translation>MLX 模型文件夹…</translation>
    </message>
    <message>
        <source>Add a model</source>
        <translation>添加模型</translation>
    </message>
    <message>
        <source>Models (*.gguf)</source>
        <translation>模型 (*.gguf)</translation>
    </message>
    <message>
        <source>Groundglass stays offline, so nothing can be downloaded.</source>
        <translation>Groundglass 处于离线状态，无法下载。</translation>
    </message>
    <message>
        <source>Connections…</source>
        <translation>联网记录…</translation>
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
    <name>NumberField</name>
    <message>
        <source>The model&apos;s own: {value}</source>
        <translation>模型自带：{value}</translation>
    </message>
    <message>
        <source>Back to {value}</source>
        <translation>还原为 {value}</translation>
    </message>
</context>
<context>
    <name>PageListModel</name>
    <message>
        <source>Page {page}</source>
        <translation>第 {page} 页</translation>
    </message>
</context>
<context>
    <name>PageStrip</name>
    <message>
        <source>Pages</source>
        <translation>页面</translation>
    </message>
</context>
<context>
    <name>PasswordRow</name>
    <message>
        <source>Password of this document</source>
        <translation>此文档的密码</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>进行中</translation>
    </message>
</context>
<context>
    <name>PortalCapture</name>
    <message>
        <source>The desktop did not hand over a screenshot. Take one with its own tool, copy it and paste it here.</source>
        <translation>桌面环境没有交出截图。请用系统自带的工具截图，复制后粘贴到这里。</translation>
    </message>
    <message>
        <source>This desktop offers programs no way to take a screenshot. Take one with its own tool, copy it and paste it here.</source>
        <translation>此桌面环境不允许程序截图。请用系统自带的工具截图，复制后粘贴到这里。</translation>
    </message>
</context>
<context>
    <name>Preflight</name>
    <message>
        <source>{width} × {height} px · {tokens} tk</source>
        <translation>{width} × {height} 像素 · {tokens} 词元</translation>
    </message>
    <message>
        <source>{width} × {height} px, shown to the model at {seen_width} × {seen_height} px</source>
        <translation>{width} × {height} 像素，模型看到的是 {seen_width} × {seen_height} 像素</translation>
    </message>
    <message>
        <source>{width} × {height} px, shown to the model in full detail</source>
        <translation>{width} × {height} 像素，模型能看到全部细节</translation>
    </message>
    <message>
        <source>Its small print is about {pixels} px high there</source>
        <translation>其中的小字约 {pixels} 像素高</translation>
    </message>
    <message>
        <source>How long it takes here is not measured yet with this model</source>
        <translation>尚未测得此模型在本机所需的时间</translation>
    </message>
    <message>
        <source>About {size} of memory while it is looked at</source>
        <translation>查看时约占用 {size} 内存</translation>
    </message>
    <message>
        <source>{tokens} tokens</source>
        <translation>{tokens} 个词元</translation>
    </message>
    <message>
        <source>{tokens} of {length} tokens</source>
        <translation>{tokens} / {length} 个词元</translation>
    </message>
    <message>
        <source>The same goes for {count} more.</source>
        <translation>另有 {count} 张也是如此。</translation>
    </message>
    <message>
        <source>the pasted picture</source>
        <translation>粘贴的图片</translation>
    </message>
    <message>
        <source>{name}, p. {page},</source>
        <translation>{name} 第 {page} 页</translation>
    </message>
    <message>
        <source>The pictures need {tokens} tokens, and the model has room for {room}: look less closely, or ask about fewer at a time.</source>
        <translation>这些图片需要 {tokens} 个词元，而模型只能容纳 {room} 个：请降低查看精细度，或一次少问几张。</translation>
    </message>
    <message>
        <source>Small print in {name} will be lost: the model sees it {pixels} px high.</source>
        <translation>{name} 中的小字会丢失：模型看到的只有 {pixels} 像素高。</translation>
    </message>
    <message>
        <source>{name} is {faults}.</source>
        <translation>{name} {faults}。</translation>
    </message>
    <message>
        <source>Look closer</source>
        <translation>看得更细</translation>
    </message>
    <message>
        <source>Choose a region</source>
        <translation>选择区域</translation>
    </message>
    <message>
        <source>{word} and {last}</source>
        <translation>{word}、{last}</translation>
    </message>
    <message>
        <source>{word}, {rest}</source>
        <translation>{word}、{rest}</translation>
    </message>
    <message>
        <source>dim</source>
        <translation>偏暗</translation>
    </message>
    <message>
        <source>low in contrast</source>
        <translation>对比度低</translation>
    </message>
    <message>
        <source>blurred</source>
        <translation>模糊</translation>
    </message>
    <message>
        <source>tilted</source>
        <translation>倾斜</translation>
    </message>
    <message>
        <source>Takes {tokens} tokens</source>
        <translation>占用 {tokens} 个词元</translation>
    </message>
    <message>
        <source>Takes {tokens} of the model&apos;s {length} tokens</source>
        <translation>占用模型 {length} 个词元中的 {tokens} 个</translation>
    </message>
    <message>
        <source>Less than a second to look at on this computer</source>
        <translation>在本机查看不到 1 秒</translation>
    </message>
    <message>
        <source>About {duration} to look at on this computer</source>
        <translation>在本机查看约需 {duration}</translation>
    </message>
</context>
<context>
    <name>PreflightLine</name>
    <message>
        <source>Look less closely</source>
        <translation>降低精细度</translation>
    </message>
    <message>
        <source>Improve…</source>
        <translation>改善…</translation>
    </message>
</context>
<context>
    <name>ProblemsPopup</name>
    <message>
        <source>And {count} more.</source>
        <translation>还有 {count} 处。</translation>
    </message>
    <message>
        <source>The model may have misread a figure: look at the picture.</source>
        <translation>模型可能读错了数字，请核对图片。</translation>
    </message>
</context>
<context>
    <name>QuestionItem</name>
    <message numerus="yes">
        <source>+ %n page(s)</source>
        <translation>
            <numerusform>+ %n 页</numerusform>
        </translation>
    </message>
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
    <message>
        <source>{name}, page {page}</source>
        <translation>{name}，第 {page} 页</translation>
    </message>
    <message>
        <source>Part of {name}</source>
        <translation>{name} 的局部</translation>
    </message>
</context>
<context>
    <name>RegionCard</name>
    <message>
        <source>Ask about this</source>
        <translation>就此提问</translation>
    </message>
    <message>
        <source>Remove the region</source>
        <translation>移除所选区域</translation>
    </message>
    <message>
        <source>Turned by {degrees}°</source>
        <translation>已旋转 {degrees}°</translation>
    </message>
</context>
<context>
    <name>SchemaSheet</name>
    <message>
        <source>Answer as a form</source>
        <translation>以表单回答</translation>
    </message>
    <message>
        <source>JSON Schema</source>
        <translation>JSON Schema</translation>
    </message>
    <message>
        <source>Paste a JSON Schema here</source>
        <translation>在此粘贴 JSON Schema</translation>
    </message>
    <message>
        <source>This schema says more than a list of fields can. Change it under JSON Schema.</source>
        <translation>这个 schema 的内容超出了字段列表所能表达的范围。请在“JSON Schema”中修改。</translation>
    </message>
    <message>
        <source>Fields</source>
        <translation>字段</translation>
    </message>
    <message>
        <source>No form</source>
        <translation>不用表单</translation>
    </message>
    <message>
        <source>The model answers as it likes</source>
        <translation>模型自由回答</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Use this form</source>
        <translation>使用这个表单</translation>
    </message>
    <message>
        <source>The answer to this question will hold exactly what is asked for here. It can be copied and saved as a table or as JSON.</source>
        <translation>这个问题的回答将只包含这里要求的内容，可以复制，也可以保存为表格或 JSON。</translation>
    </message>
    <message>
        <source>Used before</source>
        <translation>用过的</translation>
    </message>
</context>
<context>
    <name>SchemaTexts</name>
    <message>
        <source>This is no JSON yet: see line {line}, column {column}.</source>
        <translation>这还不是 JSON：请看第 {line} 行第 {column} 列。</translation>
    </message>
    <message>
        <source>The schema is no JSON. Look for a missing mark.</source>
        <translation>这个 schema 不是 JSON。请检查是否缺少符号。</translation>
    </message>
    <message>
        <source>A schema is a JSON object: it begins with a curly bracket.</source>
        <translation>schema 是一个 JSON 对象，以花括号开头。</translation>
    </message>
    <message>
        <source>“{word}” at {place} is not written as JSON Schema wants it.</source>
        <translation>{place} 处的“{word}”不符合 JSON Schema 的规定。</translation>
    </message>
    <message>
        <source>A part of the schema is not as JSON Schema has it.</source>
        <translation>这个 schema 中有一部分不符合 JSON Schema 的规定。</translation>
    </message>
    <message>
        <source>An answer cannot be held to “{word}”, which stands at {place}. Leave it out.</source>
        <translation>回答无法按 {place} 处的“{word}”来约束。请去掉它。</translation>
    </message>
    <message>
        <source>An answer cannot be held to a part of this schema. Leave it out.</source>
        <translation>回答无法按这个 schema 的某一部分来约束。请去掉它。</translation>
    </message>
    <message>
        <source>The schema is too long: {size} characters of at most {most}.</source>
        <translation>这个 schema 太长：{size} 个字符，最多 {most} 个。</translation>
    </message>
    <message>
        <source>The schema is too long for a model to read beside it.</source>
        <translation>这个 schema 太长，模型读不下。请把它改短。</translation>
    </message>
    <message>
        <source>The schema has too many parts within each other. Make it simpler.</source>
        <translation>这个 schema 嵌套的部分太多。请把它改得简单些。</translation>
    </message>
    <message>
        <source>No answer can follow this form ({reason}). Change it and ask again.</source>
        <translation>没有回答能符合这个表单（{reason}）。请修改后再问。</translation>
    </message>
    <message>
        <source>No answer can follow this form. Change it and ask again.</source>
        <translation>没有回答能符合这个表单。请修改后再问。</translation>
    </message>
    <message>
        <source>The answer ended before its form was complete. Ask for less, or allow longer answers.</source>
        <translation>回答在表单填完之前就结束了。请少问一些内容，或允许更长的回答。</translation>
    </message>
    <message>
        <source>A form needs at least one field. Give one a name.</source>
        <translation>表单至少需要一个字段。请给一个字段起名。</translation>
    </message>
    <message>
        <source>A form has at most {most} fields. Take some of them out.</source>
        <translation>表单最多 {most} 个字段。请去掉一些。</translation>
    </message>
    <message>
        <source>This form has too many fields. Take some of them out.</source>
        <translation>这个表单的字段太多。请去掉一些。</translation>
    </message>
    <message>
        <source>Every field needs a name. Write one or remove the field.</source>
        <translation>每个字段都要有名称。请填写名称或移除该字段。</translation>
    </message>
    <message>
        <source>Two fields have the name “{field}”. Change one of them.</source>
        <translation>有两个字段都叫“{field}”。请修改其中一个。</translation>
    </message>
    <message>
        <source>Two fields have the same name. Change one of them.</source>
        <translation>有两个字段同名。请修改其中一个。</translation>
    </message>
    <message>
        <source>Say what can be chosen for “{field}”, with commas between.</source>
        <translation>请写明“{field}”有哪些选项，用逗号隔开。</translation>
    </message>
    <message>
        <source>Say what can be chosen for a field, with commas between.</source>
        <translation>请写明字段有哪些选项，用逗号隔开。</translation>
    </message>
    <message>
        <source>The field “{part}” is not understood. Write it anew.</source>
        <translation>看不懂字段“{part}”。请重新写。</translation>
    </message>
    <message>
        <source>A field of this form is not understood. Write it anew.</source>
        <translation>看不懂表单中的一个字段。请重新写。</translation>
    </message>
</context>
<context>
    <name>SchemaWords</name>
    <message>
        <source>JSON Schema</source>
        <translation>JSON Schema</translation>
    </message>
</context>
<context>
    <name>SeedField</name>
    <message>
        <source>New each time</source>
        <translation>每次不同</translation>
    </message>
    <message>
        <source>Always the same</source>
        <translation>固定不变</translation>
    </message>
    <message>
        <source>Seed</source>
        <translation>随机种子</translation>
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
        <source>Answers</source>
        <translation>回答</translation>
    </message>
    <message>
        <source>Engine</source>
        <translation>引擎</translation>
    </message>
    <message>
        <source>Reset to the model&apos;s defaults</source>
        <translation>还原为模型的默认值</translation>
    </message>
    <message>
        <source>Reset this page to defaults</source>
        <translation>将本页还原为默认值</translation>
    </message>
    <message>
        <source>Models</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>确定</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>Shell</name>
    <message>
        <source>Groundglass ended unexpectedly last time. Your conversations are kept.</source>
        <translation>Groundglass 上次意外退出。您的对话都已保存。</translation>
    </message>
    <message>
        <source>Copy the report</source>
        <translation>复制报告</translation>
    </message>
</context>
<context>
    <name>ShortcutsDialog</name>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Everywhere</source>
        <translation>全局</translation>
    </message>
    <message>
        <source>In the viewer</source>
        <translation>在查看器中</translation>
    </message>
    <message>
        <source>New chat</source>
        <translation>新对话</translation>
    </message>
    <message>
        <source>Add pictures or documents</source>
        <translation>添加图片或文档</translation>
    </message>
    <message>
        <source>Paste a picture, files or text</source>
        <translation>粘贴图片、文件或文字</translation>
    </message>
    <message>
        <source>Capture a part of the screen</source>
        <translation>截取屏幕的一部分</translation>
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
        <source>Get models</source>
        <translation>获取模型</translation>
    </message>
    <message>
        <source>Figures of the last answer</source>
        <translation>上一次回答的数据</translation>
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
    <message>
        <source>Open the picture in focus</source>
        <translation>打开选中的图片</translation>
    </message>
    <message>
        <source>Show all of it, or each pixel</source>
        <translation>显示全图或逐像素显示</translation>
    </message>
    <message>
        <source>Closer, farther</source>
        <translation>放大、缩小</translation>
    </message>
    <message>
        <source>Turn</source>
        <translation>旋转</translation>
    </message>
    <message>
        <source>Choose a region</source>
        <translation>选择区域</translation>
    </message>
    <message>
        <source>Ask about the region</source>
        <translation>询问该区域</translation>
    </message>
    <message>
        <source>Next box</source>
        <translation>下一个方框</translation>
    </message>
    <message>
        <source>Next, previous picture</source>
        <translation>下一张、上一张图片</translation>
    </message>
    <message>
        <source>Close the viewer</source>
        <translation>关闭查看器</translation>
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
        <source>Show all connections</source>
        <translation>查看所有连接</translation>
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
    <name>SourceOrder</name>
    <message>
        <source>Move up</source>
        <translation>上移</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>下移</translation>
    </message>
    <message>
        <source>HF-Mirror (hf-mirror.com)</source>
        <translation>HF-Mirror 镜像（hf-mirror.com）</translation>
    </message>
    <message>
        <source>ModelScope (modelscope.cn)</source>
        <translation>魔搭 ModelScope（modelscope.cn）</translation>
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
    <name>SystemPromptField</name>
    <message>
        <source>About {count} tokens</source>
        <translation>约 {count} 个词元</translation>
    </message>
    <message>
        <source>Takes no room</source>
        <translation>不占用上下文</translation>
    </message>
</context>
<context>
    <name>TableBar</name>
    <message>
        <source>Copy as table</source>
        <translation>复制为表格</translation>
    </message>
    <message>
        <source>For a spreadsheet or a text document</source>
        <translation>用于电子表格或文本文档</translation>
    </message>
    <message>
        <source>Save CSV…</source>
        <translation>保存 CSV…</translation>
    </message>
    <message>
        <source>Values with commas between them, for any program</source>
        <translation>以逗号分隔的值，适用于任何程序</translation>
    </message>
    <message>
        <source>Save XLSX…</source>
        <translation>保存 XLSX…</translation>
    </message>
    <message>
        <source>A workbook for Excel, Numbers or LibreOffice</source>
        <translation>用于 Excel、Numbers 或 LibreOffice 的工作簿</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>已复制</translation>
    </message>
    <message>
        <source>Table {number} of {count}</source>
        <translation>第 {number} 个表格，共 {count} 个</translation>
    </message>
    <message>
        <source>Table {number}: {sentence}</source>
        <translation>表格 {number}：{sentence}</translation>
    </message>
    <message>
        <source>1 place does not fit</source>
        <translation>1 处对不上</translation>
    </message>
    <message>
        <source>{count} places do not fit</source>
        <translation>{count} 处对不上</translation>
    </message>
    <message>
        <source>CSV table</source>
        <translation>CSV 表格</translation>
    </message>
    <message>
        <source>Excel workbook</source>
        <translation>Excel 工作簿</translation>
    </message>
    <message>
        <source>Save the table</source>
        <translation>保存表格</translation>
    </message>
    <message>
        <source>Table</source>
        <translation>表格</translation>
    </message>
</context>
<context>
    <name>TableTexts</name>
    <message>
        <source>{row} has {found} cells, the table has {expected} columns.</source>
        <translation>{row}有 {found} 个单元格，而表格有 {expected} 列。</translation>
    </message>
    <message>
        <source>{row}, {column}: {found} is written, what stands above adds up to {expected}.</source>
        <translation>{row}，{column}：写的是 {found}，上方各项之和为 {expected}。</translation>
    </message>
    <message>
        <source>{row}, {column}: {found} is written; made as in the other rows it is {expected}.</source>
        <translation>{row}，{column}：写的是 {found}，按其他行的算法应为 {expected}。</translation>
    </message>
    <message>
        <source>{number}: {title}</source>
        <translation>{number}：{title}</translation>
    </message>
    <message>
        <source>Row {number}</source>
        <translation>第 {number} 行</translation>
    </message>
    <message>
        <source>Row {number} (“{label}”)</source>
        <translation>第 {number} 行（“{label}”）</translation>
    </message>
    <message>
        <source>column {number}</source>
        <translation>第 {number} 列</translation>
    </message>
</context>
<context>
    <name>TopBar</name>
    <message>
        <source>Previous picture</source>
        <translation>上一张图片</translation>
    </message>
    <message>
        <source>Next picture</source>
        <translation>下一张图片</translation>
    </message>
    <message>
        <source>Close the viewer</source>
        <translation>关闭查看器</translation>
    </message>
    <message>
        <source>{number} of {count}</source>
        <translation>第 {number} 张，共 {count} 张</translation>
    </message>
</context>
<context>
    <name>UpdateDialog</name>
    <message>
        <source>Check for updates</source>
        <translation>检查更新</translation>
    </message>
    <message>
        <source>Groundglass asks only when you choose this, and sends nothing but the question. The connection is listed under Connections.</source>
        <translation>只有在您选择此项时，Groundglass 才会询问，除了询问本身不发送任何内容。这次连接会列在“连接”中。</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Open the download page…</source>
        <translation>打开下载页面…</translation>
    </message>
    <message>
        <source>Asking {host}…</source>
        <translation>正在询问 {host}…</translation>
    </message>
    <message>
        <source>You have version {version}.</source>
        <translation>您的版本是 {version}。</translation>
    </message>
    <message>
        <source>No version has been published yet</source>
        <translation>尚未发布任何版本</translation>
    </message>
    <message>
        <source>Version {version} is there</source>
        <translation>有新版本 {version}</translation>
    </message>
    <message>
        <source>The newest that was published is {version}.</source>
        <translation>已发布的最新版本是 {version}。</translation>
    </message>
    <message>
        <source>You have a version that is not published yet</source>
        <translation>您的版本尚未发布</translation>
    </message>
    <message>
        <source>You have the newest version</source>
        <translation>您使用的是最新版本</translation>
    </message>
    <message>
        <source>There is no answer</source>
        <translation>没有得到回答</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>Viewer</name>
    <message>
        <source>Pasted picture</source>
        <translation>粘贴的图片</translation>
    </message>
    <message>
        <source>{name}, page {page}</source>
        <translation>{name}，第 {page} 页</translation>
    </message>
    <message>
        <source>Picture {name}</source>
        <translation>图片 {name}</translation>
    </message>
    <message>
        <source>Boxes on the picture: {names}</source>
        <translation>图片上的方框：{names}</translation>
    </message>
    <message>
        <source>Loading all the detail…</source>
        <translation>正在载入全部细节…</translation>
    </message>
    <message>
        <source>Shift and drag to choose a region</source>
        <translation>按住 Shift 拖动以选择区域</translation>
    </message>
    <message>
        <source>Drag to choose a region</source>
        <translation>拖动以选择区域</translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <source>{name} is a demonstration model for simple pictures. A full model reads real photos.</source>
        <translation>{name} 是只能看简单图片的演示模型。完整模型可以看懂真实照片。</translation>
    </message>
    <message>
        <source>Then ask about it, in any language. Or try one of these:</source>
        <translation>然后用任何语言提问。也可以先试试这些：</translation>
    </message>
    <message>
        <source>Show all connections</source>
        <translation>查看所有连接</translation>
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
        <source>Drop a photo or a document</source>
        <translation>拖入一张照片或一份文档</translation>
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
        <source>Add pictures or documents…</source>
        <translation>添加图片或文档…</translation>
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
        <source>Capture a part of the screen</source>
        <translation>截取屏幕的一部分</translation>
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
        <source>Get models…</source>
        <translation>获取模型…</translation>
    </message>
    <message>
        <source>Figures…</source>
        <translation>数据…</translation>
    </message>
    <message>
        <source>Connections…</source>
        <translation>连接…</translation>
    </message>
    <message>
        <source>Keyboard shortcuts</source>
        <translation>键盘快捷键</translation>
    </message>
    <message>
        <source>Check for updates…</source>
        <translation>检查更新…</translation>
    </message>
    <message>
        <source>About Groundglass</source>
        <translation>关于 Groundglass</translation>
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
<context>
    <name>WindowsCapture</name>
    <message>
        <source>The system&apos;s tool for screenshots could not be started. Take one with Win+Shift+S and paste it.</source>
        <translation>无法启动系统截图工具。请按 Win+Shift+S 截图，然后粘贴。</translation>
    </message>
</context>
</TS>
