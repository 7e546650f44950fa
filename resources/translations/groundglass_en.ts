<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en" sourcelanguage="en">
<context>
    <name>QuestionItem</name>
    <message numerus="yes">
        <source>+ %n page(s)</source>
        <translation>
            <numerusform>+ %n page</numerusform>
            <numerusform>+ %n pages</numerusform>
        </translation>
    </message>
</context>
</TS>
