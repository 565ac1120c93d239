//! The screen's own words, English and Chinese side by side. Sentences about events are `text`'s.

use crate::kind::{Lang, Words, words};
use crate::trace::scenario::Bilingual;

pub const OBJECTS: Words = words("objects", "对象");
pub const CODE: Words = words("code", "代码");
pub const WHY: Words = words("why", "为什么");
pub const ALL_OF_IT: Words = words("w: all", "w：全部");
pub const WHERE_ALL_ARE: Words = words("Where everybody is:", "各进程在哪里：");
pub const PRINTED: Words = words("printed", "输出");
pub const QUESTION: Words = words("question", "问题");
pub const ANSWER: Words = words("answer", "答案");
pub const NEXT: Words = words("next", "接下来");
pub const LESSON: Words = words("lesson", "课程");
pub const TRY: Words = words("try", "试一试");
pub const SIGNS: Words = words("signs in the picture", "图中的符号");
pub const KEYS: Words = words("keys", "按键");
pub const STEP: Words = words("step", "步");
pub const SCENARIOS: Words = words("scenarios", "场景");

pub const LIVE: Words = words("LIVE", "实时");
pub const FREE: Words = words("free", "自由");
pub const PAUSED: Words = words("PAUSED", "暂停");
pub const PAST: Words = words("PAST", "历史");
pub const ENDED: Words = words("ENDED", "已结束");
pub const STUCK: Words = words("STUCK", "卡住");
pub const RECORDING: Words = words("recording", "录制");
pub const REPLAYING: Words = words("REPLAY", "回放");

pub const SEED: Words = words("seed", "种子");
pub const BY_PRIORITY: Words = words("(by priority)", "（按优先级）");
pub const STEPS_A_SECOND: Words = words("step/s", "步/秒");
pub const FULL_PACE: Words = words("full pace", "全速");
pub const KERNEL_PACE: Words = words("the kernel schedules", "由内核调度");

pub const CAN_GO: Words = words("can go", "可继续");
pub const TIME: Words = words("time", "时间");
pub const TIME_IS_UP: Words = words("time is up", "时间到");
pub const ASLEEP: Words = words("asleep", "睡眠");
pub const WAITING: Words = words("waiting", "等待");
pub const STOPPED: Words = words("stopped", "停住");
pub const RUNNING: Words = words("running", "运行");
pub const READY: Words = words("ready", "就绪");
pub const UNBORN: Words = words("not begun", "未开始");
pub const WOKEN: Words = words("woken", "被唤醒");
pub const BORN: Words = words("born", "诞生");
pub const NOBODY: Words = words("nobody", "无人");
pub const NOT_MADE: Words = words("no shared object yet", "还没有共享对象");
pub const NOTHING_PRINTED: Words = words("nothing printed yet", "还没有输出");
pub const FREE_OWNER: Words = words("free", "空闲");
pub const UP: Words = words("up", "已设置");
pub const DOWN: Words = words("down", "未设置");
pub const YES: Words = words("yes", "是");
pub const NO: Words = words("no", "否");
pub const BUFFER_PIPE: Words = words("buffer│pipe", "缓冲区│管道");
pub const BYTES: Words = words("bytes", "字节");
pub const LOST: Words = words("lost", "丢失");
pub const BROKEN: Words = words("broken: a process died inside it", "已损坏：有进程在其中死亡");
pub const SEEN_CLOSED: Words = words("seen closed", "已见关闭");
pub const IN: Words = words("in", "进");
pub const OUT: Words = words("out", "出");
pub const YOU: Words = words("you", "你");
pub const UNTIL: Words = words("until", "直到");
pub const EXIT: Words = words("exit", "退出码");
pub const NOT_STARTED: Words = words("not started", "未能启动");
pub const SIGNAL: Words = words("signal", "信号");
pub const ENDED_THREAD: Words = words("ended", "已结束");
pub const LATER: Words = words(
    "This is the past: later steps are not shown. b goes on from here, End shows now.",
    "这是历史：之后的步骤没有显示。按 b 从这里继续运行，End 回到现在。",
);
pub const PRESS_TO_BEGIN: Words = words("Press n for the first step, Space to run.", "按 n 走第一步，按空格运行。");
pub const BEGINNING: Words =
    words("This is the beginning of the run. n goes forward, End shows now.", "这是运行的开头。按 n 前进，按 End 回到现在。");
pub const AGAIN: Words = words("r: again.", "r：重来。");
pub const RECORDING_ENDS: Words = words("The recording ends here, before its processes do.", "录制到此为止，其中的进程还没有结束。");
pub const ALL_ENDED: Words = words("All processes have ended. r: again.", "所有进程都已结束。r：重来。");
pub const NO_EVENTS_YET: Words = words("The processes are starting.", "进程正在启动。");
pub const TOO_SMALL: Words = words("best at 80×24 or more", "80×24 或更大最佳");
pub const LOST_EVENTS: Words = words("events lost", "个事件丢失");
pub const FAULTS: Words = words("contradictions in the trace", "处记录矛盾");
pub const CLOSE_HINT: Words = words("Esc closes", "Esc 关闭");
pub const NO_SCENARIOS: Words = words("There are no scenarios.", "没有场景。");
pub const CHOOSE_SCENARIO: Words = words("Choose a program to watch.", "选择一个要观察的程序。");

pub const REFUSE_PAST: Words = words(
    "This is the past: nothing can be done to it. b goes on from here, End shows now.",
    "这是历史，不能改变。按 b 从这里继续运行，按 End 回到现在。",
);
pub const REFUSE_BEGINNING: Words = words("This is the beginning: there is nothing before it.", "已经是开头，之前没有了。");
pub const REFUSE_HISTORY: Words =
    words("History begins here: what came before is not kept any more.", "历史从这里开始：更早的内容已不再保留。");
pub const REFUSE_NOW: Words = words("This is now, not the past.", "现在就是最新，不在历史中。");
pub const REFUSE_NO_PROCESS: Words = words("Choose a process first: Tab, or the arrows.", "请先用 Tab 或方向键选择一个进程。");
pub const REFUSE_NOT_A_CANDIDATE: Words = words("cannot go on now.", "现在不能继续。");
pub const REFUSE_FREE_PACE: Words =
    words("A free run has no pace: the kernel schedules. F closes the gate.", "自由运行没有节奏：由内核调度。按 F 收回。");
pub const REFUSE_FREE_STEP: Words =
    words("A free run has no steps: the kernel schedules. F closes the gate.", "自由运行没有步骤：由内核调度。按 F 收回。");
pub const REFUSE_ONLY_TIME: Words =
    words("Nobody can go before time has passed: n lets it pass.", "时间过去之前谁也不能继续：按 n 让时间流逝。");
pub const REFUSE_ENDED: Words = words("The run has ended: , goes back through it, r runs it again.", "运行已结束：按 , 回看，按 r 重来。");
pub const REFUSE_STUCK: Words =
    words("Nobody can go on. Act on something (Enter, e, K), or r for again.", "谁也不能继续。可动手操作（Enter、e、K），或按 r 重来。");
pub const REFUSE_RECORDED: Words = words("This is a recording: it can be looked at, not changed.", "这是录制的运行：只能观看，不能改变。");
pub const REFUSE_NO_EVENT: Words = words("There is no Event here to set.", "这里没有可设置的 Event。");
pub const REFUSE_WHICH_EVENT: Words = words("There are several Events: choose one with Tab.", "有多个 Event：请用 Tab 选择一个。");
pub const REFUSE_DEAD: Words = words("has ended already.", "已经结束。");
pub const REFUSE_NOTHING_CHOSEN: Words = words("Nothing is chosen: Tab, or the arrows.", "还没有选择：用 Tab 或方向键。");
pub const REFUSE_NO_THREADS: Words = words("It has no threads to unfold (z narrows a lane).", "它没有可展开的线程（按 z 收窄泳道）。");
pub const REFUSE_ALL_HIDDEN: Words = words("The filter hides everything: Esc takes it away.", "筛选隐藏了全部：按 Esc 取消。");
pub const REFUSE_NO_HAND: Words = words("There is nothing that you could do to it by hand.", "没有可以手动对它做的事。");
pub const REFUSE_NO_LIST: Words = words("There is no list to go back to; q quits.", "没有可返回的列表；q 退出。");

pub const ACT_STEP: Words = words("step       one step of this process", "走一步   只让这个进程走一步");
pub const ACT_UNTIL_END: Words = words("run all    until it has ended, or nobody can go", "全运行   直到它结束，或谁也走不了");
pub const ACT_UNTIL_TOUCHED: Words =
    words("run all until something happens to it, or nobody can go", "全运行，直到有人操作它，或谁也走不了");
pub const HINT_VALUE: Words = words("a value, as 3, 2.5, true, text or [1, 2]", "一个值，如 3、2.5、true、text 或 [1, 2]");
pub const HINT_CELL: Words = words("index = value, as 3 = 10", "下标 = 值，如 3 = 10");
pub const WRONG_CELL: Words = words("Write it as index = value, for example 3 = 10.", "请写成“下标 = 值”，例如 3 = 10。");
pub const HINT_KEY: Words = words("key = value, as a = 3 or 1 = text", "键 = 值，如 a = 3 或 1 = text");
pub const WRONG_KEY: Words = words("Write it as key = value, for example a = 3.", "请写成“键 = 值”，例如 a = 3。");
pub const HINT_NAME: Words = words("name = value, as total = 3", "名字 = 值，如 total = 3");
pub const WRONG_NAME: Words = words("Write it as name = value, for example total = 3.", "请写成“名字 = 值”，例如 total = 3。");
pub const WRONG_EMPTY: Words = words("A value is needed.", "需要一个值。");
pub const WHO_GOES: Words = words("who goes next", "下一步谁走");
pub const RUN_UNTIL: Words = words("run until", "运行，直到");
pub const UNTIL_LINE: Words = words("a line comes next …", "轮到某一行 …");
pub const UNTIL_RIVALS: Words = words("two can have the same: c chooses who", "两个抢同一样东西：按 c 选谁先得");
pub const WHICH_LINE: Words = words("run until somebody's next step is on line", "运行到有人的下一步位于第几行");
pub const EDIT_SAME: Words = words("Nothing was changed: the run goes on.", "没有改动：运行继续。");
pub const EDIT_FAULTY: Words =
    words("This cannot run yet, so the old run stays. E edits again, Esc hides it.", "还不能运行，旧的运行保留。E 再次编辑，Esc 收起。");
pub const WHAT_DO_YOU_SAY: Words = words("what do you say?", "你说呢？");
pub const REFUSE_NO_QUESTION: Words = words("No question stands here.", "这里没有问题。");
pub const REFUSE_NO_SHELL: Words = words("No shell started this, so none could bring it back.", "这里没有启动它的 shell，离开后无法回来。");
pub const REFUSE_NO_CHOICES: Words = words("Say it in your own words, then n for the step.", "用自己的话说出来，再按 n 走这一步。");
pub const AT_A_QUESTION: Words = words(
    "The run stopped for a question: a answers it, Space goes on (Q: no more).",
    "运行停在一个问题前：按 a 回答，按空格继续（Q：不再提问）。",
);
pub const AT_AN_OPEN_QUESTION: Words = words(
    "The run stopped for a question: think, then Space goes on (Q: no more).",
    "运行停在一个问题前：想一想，再按空格继续（Q：不再提问）。",
);
pub const QUESTIONS_OFF: Words = words("No questions any more; Q asks them again.", "不再提问；按 Q 恢复提问。");
pub const QUESTIONS_ON: Words = words("Questions are asked again.", "恢复提问。");
pub const NOTES: Words = words("teacher's notes", "教师备注");
pub const REFUSE_NOTES: Words = words("Notes are not for this layout: Esc leaves it.", "此布局不显示备注：按 Esc 离开。");
pub const REFUSE_NO_NOTES: Words = words("This scenario has no notes.", "这个场景没有备注。");
pub const PAGE_ON: Words = words("The text goes on: PageDown.", "文字未完：按 PageDown。");
pub const LINES_MORE: Words = words("… {} more lines ↓", "…… 还有 {} 行 ↓");
pub const LINE_MORE: Words = words("… 1 more line ↓", "…… 还有 1 行 ↓");
pub const LINE_ABOVE: Words = words("… 1 line above ↑", "…… 上面还有 1 行 ↑");
pub const LINES_ABOVE: Words = words("… {} lines above ↑", "…… 上面还有 {} 行 ↑");
pub const QUESTIONS_COME: Words = words("questions on the way (Q: none)", "途中的问题（按 Q 不再提问）");
pub const QUESTIONS_ARE_OFF: Words = words("questions are switched off (Q: ask)", "已关闭提问（按 Q 恢复）");
pub const UNASKED: Words = words("no questions", "不提问");
pub const PROMPT_HINT: Words = words("Enter does it, Esc leaves it", "Enter 执行，Esc 放弃");
pub const REFUSE_NO_MESSAGE: Words = words("No message has moved yet.", "还没有消息移动过。");
pub const REFUSE_NO_LATER_MOVE: Words = words("The message has not moved since.", "这条消息之后没有再移动。");
pub const REFUSE_NO_EARLIER_MOVE: Words = words("The message's way begins here.", "这条消息的路从这里开始。");
pub const COULD_DO_FREE: Words = words("What you could do:", "你可以：");
pub const COULD_DO: Words = words("What you could do (one step by hand; Space goes on):", "你可以（每个动作一步；之后按 Space 继续）：");
pub const MARKED: Words = words("Step {} is marked: { and } lead here.", "第 {} 步已标记：按 { 和 } 来到这里。");
pub const UNMARKED: Words = words("Step {} is no longer marked.", "第 {} 步的标记已取消。");
pub const REFUSE_NOTHING_TO_MARK: Words = words("Nothing has happened yet that could be marked.", "还没有可以标记的步骤。");
pub const REFUSE_NO_LATER_MARK: Words =
    words("No mark, death, error or standstill comes later. m marks a step.", "之后没有标记、死亡、错误或卡住处。按 m 标记一步。");
pub const REFUSE_NO_EARLIER_MARK: Words =
    words("No mark, death, error or standstill lies before. m marks a step.", "之前没有标记、死亡、错误或卡住处。按 m 标记一步。");
pub const WHICH_STEP: Words = words("go to step", "到第几步");
pub const FILTER_TITLE: Words = words("show only names or kinds with", "只显示名称或种类含有");
pub const FILTER_HINT: Words = words("any of the words; -word leaves out; Esc shows all", "任一个词即可；-word 排除；Esc 显示全部");
pub const FEEDER: Words = words("feeder", "写入线程");
pub const HIDDEN: Words = words("hidden", "已隐藏");
pub const PARAMETERS: Words = words("parameters", "参数");
pub const REFUSE_NO_PARAMS: Words = words("This scenario has no parameters.", "这个场景没有参数。");
pub const INSIDE: Words = words("inside", "内部");
pub const INSIDE_KERNEL: Words = words("kernel and memory", "内核与内存");
pub const INSIDE_DRAWN: Words = words("drawn here", "此处所画");
pub const INSIDE_DIFFERS: Words = words("differs", "不一致");
pub const INSIDE_NOTHING: Words = words("The kernel is asked only about a live run, now.", "只能就正在进行的运行、此刻询问内核。");
pub const LEAVE_ENDS_RUN: Words = words("Esc again ends this run and goes to the list.", "再按 Esc：结束这次运行，回到列表。");
pub const REFUSE_BRANCH_NOW: Words =
    words("A branch begins in the past: go back with , and then press b.", "分支从历史开始：先用 , 后退，再按 b。");
pub const ACT_KILL: Words = words("kill       SIGKILL: it ends at once", "杀死   SIGKILL：立刻结束");
pub const ACT_TERMINATE: Words = words("terminate  SIGTERM: it is asked to end", "终止   SIGTERM：请它结束");
pub const ACT_STOP: Words = words("stop       SIGSTOP: it stands still", "停住   SIGSTOP：停住不动");
pub const ACT_CONTINUE: Words = words("continue   SIGCONT: it may go on", "继续   SIGCONT：可以继续");

/// "feeder has 934,476 bytes more", of a message of which a part is in the pipe.
pub fn has_the_rest(writer: &str, bytes: u64, lang: Lang) -> String {
    let bytes = crate::text::name::grouped(bytes);
    match lang {
        Lang::En => format!("{writer} has {bytes} bytes more"),
        Lang::Zh => crate::text::template::tight(&format!("{writer} 手里还有 {bytes} 字节")),
    }
}

/// Which thread did it: "by feeder".
pub fn by(thread: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("by {thread}"),
        Lang::Zh => crate::text::template::tight(&format!("由 {thread}")),
    }
}

/// "reader opened by", before a name.
pub fn opened(end: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("{end} opened by"),
        Lang::Zh => format!("{end} 打开者"),
    }
}

/// "reader closed by", before a name.
pub fn closed(end: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("{end} closed by"),
        Lang::Zh => format!("{end} 关闭者"),
    }
}

/// "read lock, write lock free".
pub fn free(locks: &[&str], lang: Lang) -> String {
    match lang {
        Lang::En => format!("{} free", locks.join(", ")),
        Lang::Zh => format!("{}空闲", locks.join("、")),
    }
}

/// "3 objects".
pub fn objects(count: usize, lang: Lang) -> String {
    match (lang, count) {
        (Lang::En, 1) => "1 object".to_owned(),
        (Lang::En, _) => format!("{count} objects"),
        (Lang::Zh, _) => format!("{count} 个对象"),
    }
}

/// How many things of a panel have no line.
pub fn more_things(count: usize, lang: Lang) -> String {
    match lang {
        Lang::En => format!("+{count} more"),
        Lang::Zh => format!("另有 {count} 个"),
    }
}

/// How many lines of a list have no room.
pub fn more_lines(count: usize, lang: Lang) -> String {
    match lang {
        Lang::En => format!("··· {count} more"),
        Lang::Zh => format!("··· 还有 {count} 项"),
    }
}

/// How many remedies only the window of `w` tells.
pub fn more_in_the_window(count: usize, lang: Lang) -> String {
    match lang {
        Lang::En => format!("+{count} more (w)"),
        Lang::Zh => format!("另有 {count} 种（按 w）"),
    }
}

/// How many can go who are not in the picture.
pub fn more_can_go(count: usize, lang: Lang) -> String {
    match lang {
        Lang::En => format!(" +{count} can go"),
        Lang::Zh => format!(" 另 {count} 个可继续"),
    }
}

/// Where somebody is in the source.
pub fn at_line(line: u32, lang: Lang) -> String {
    match lang {
        Lang::En => format!("line {line}"),
        Lang::Zh => format!("第 {line} 行"),
    }
}

/// How many can go whom the filter hides.
pub fn others_hidden(count: usize, lang: Lang) -> String {
    match (lang, count) {
        (Lang::En, 1) => "1 other, hidden by the filter".to_owned(),
        (Lang::En, _) => format!("{count} others, hidden by the filter"),
        (Lang::Zh, _) => format!("另外 {count} 个，被筛选隐藏"),
    }
}

/// A scenario's text in a language; in the other one where it was written in that alone.
pub fn of(text: &Bilingual, lang: Lang) -> &str {
    let (first, second) = match lang {
        Lang::En => (&text.en, &text.zh),
        Lang::Zh => (&text.zh, &text.en),
    };
    if first.is_empty() { second } else { first }
}
