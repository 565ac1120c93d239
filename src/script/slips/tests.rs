//! Each slip with its right form, and right sources that hold none.

use super::*;

#[track_caller]
fn check(source: &str, column: u32, right: &str) {
    let found = slips("a.rhai", source);
    let places: Vec<(u32, &str)> =
        found.iter().map(|slip| (slip.place.column, slip.hint.as_ref().map_or("", |hint| hint.en.as_str()))).collect();
    assert_eq!(places, [(column, right)], "{source}");
}

#[test]
fn each_slip_is_answered_with_the_right_form() {
    for (source, column, right) in [
        ("print('hello');", 7, "\"hello\""),
        ("print('');", 7, "\"\""),
        ("if a and b { }", 6, "a && b"),
        ("if a or b { }", 6, "a || b"),
        ("if not a { }", 4, "!a"),
        ("if x not in list { }", 6, "x !in list"),
        ("let a = None;", 9, "()"),
        ("let a = null;", 9, "()"),
        ("while True { }", 7, "true"),
        ("let a = False;", 9, "false"),
        ("} elif a { }", 3, "else if a { … }"),
        ("# a comment", 1, "// a comment"),
        ("if a is b { }", 6, "a == b"),
        ("def f(q):", 1, "fn name(a, b) { … }"),
        ("while q.empty():", 1, "while a { … }"),
        ("for x in list:", 1, "for x in list { … }"),
        ("with lock:", 1, "with lock { … }"),
        ("else:", 1, "else { … }"),
        ("if __name__ == '__main__':", 1, "let q = Queue();"),
        ("from multiprocessing import Process, Queue", 1, "let q = Queue();"),
        ("let f = lambda x: x;", 9, "|x| x + 1"),
        ("raise \"no\";", 1, "throw \"why\""),
        ("let q = new Queue();", 9, "Queue()"),
        ("let new = 1;", 5, "new_1"),
        ("let shared = 1;", 5, "shared_1"),
        ("let thread = 1;", 5, "thread_1"),
        ("fn f(a, sync) { }", 9, "sync_1"),
        ("i++;", 2, "x += 1;"),
        ("int x = 1;", 1, "let x = …;"),
        ("let x: i64 = 1;", 1, "let x = …;"),
        ("let mut x = 1;", 5, "let x = 1;"),
        ("for (int i = 0; i < n; i++) {", 1, "for i in 0..n { … }"),
        ("let a = b ? 1 : 2;", 11, "if a { b } else { c }"),
        ("print(f\"x = {x}\");", 7, "`x = ${x}`"),
        ("print(\"x = %s\" % x);", 16, "`x = ${x}`"),
        ("let p = Process(target=f, 1);", 17, "Process(\"name\", work, [q])"),
        ("let t = (1,);", 12, "[a, b]"),
        ("print(a[1:3]);", 10, "a.slice(i, j)"),
        ("fn f(a) -> int { }", 9, "fn name(a, b) { … }"),
        ("print（“你好”）；", 6, "print(\"你好\");"),
        ("let a = [1，2];", 11, "let a = [1,2];"),
        ("print(“早，上（好）”)；", 7, "print(\"早，上（好）\");"),
        ("let s = 「你好」;", 9, "let s = \"你好\";"),
        ("if x＝＝３ { }", 5, "if x==3 { }"),
        ("let a = ［1, ２］；", 9, "let a = [1, 2];"),
        ("let　x = 1;", 4, "let x = 1;"),
        ("let\u{a0}x = 1;", 4, "let x = 1;"),
        ("let ｑ = Queue();", 5, "let q = Queue();"),
        ("let 队列 = Queue();", 5, "queue_1"),
        ("printf(\"x\");", 1, "print(`x = ${x}`)"),
        ("time.sleep(1);", 1, "sleep(…)"),
        ("let x = random.random();", 9, "random(…)"),
        ("let q = mp.Queue();", 9, "Queue(…)"),
        ("print(os.getpid());", 7, "current_process().pid"),
        ("#include <stdio.h>", 1, "let q = Queue();"),
        ("int main() {", 1, "let q = Queue();"),
        ("int add(a, b) {", 1, "fn add(a, b) { … }"),
        ("work(&q);", 6, "q"),
        ("p->next();", 2, "p.next"),
        ("while (1) { }", 1, "loop { … }"),
        ("if (a = b) { }", 1, "a == b"),
        ("let d = {\"a\": 1};", 9, "#{ a: 1 }"),
        ("let x = a if b else c;", 11, "if a { b } else { c }"),
        ("let a, b = Pipe();", 1, "let ends = Pipe(); let a = ends[0]; let b = ends[1];"),
        ("let (a, b) = Pipe();", 1, "let ends = Pipe(); let a = ends[0]; let b = ends[1];"),
        ("q.get(timeout=1);", 7, "get(1)"),
        ("let q = Queue(maxsize=3);", 15, "Queue(3)"),
        ("lock.acquire(block=False);", 14, "try_acquire()"),
        ("q.get(block=False);", 7, "get_nowait()"),
        ("fn f(a=2) { }", 6, "f(2)"),
        ("print \"hello\";", 1, "print(\"hello\")"),
        ("print 3;", 1, "print(3)"),
        ("print -x", 1, "print(-x)"),
        ("print \"a\", b + 1, f(c);", 1, "print(\"a\", b + 1, f(c))"),
        ("fn f(a) { print a; }", 11, "print(a)"),
        ("q.put 1;", 3, "put(1)"),
        ("print(f'n is {n}');", 7, "`n is ${n}`"),
        ("print(f\"{n:.2f}\");", 7, "`x = ${x}`"),
        ("print(a, end=\"\");", 10, "print(`${a}, ${b}`)"),
        ("let t = (1, 2);", 9, "[1, 2]"),
        ("return (a, f(b, c));", 8, "[a, f(b, c)]"),
        ("let d = {};", 9, "#{ }"),
        ("for i, x in enumerate(l) { }", 1, "for (x, i) in list { … }"),
        ("let x = [i for i in 0..3];", 12, "list.map(|x| x + 1)"),
        ("with Lock() as l { }", 13, "let lock = Lock(); with lock { … }"),
        ("x: int = 3", 1, "let x = …;"),
        ("a, b = Pipe();", 1, "let ends = Pipe(); let a = ends[0]; let b = ends[1];"),
        ("assert x == 1;", 1, "if !a { throw \"why\"; }"),
        ("} finally { }", 3, "try { … } catch (e) { … }"),
        ("global x;", 1, "fn work(x) { … }"),
        ("struct node { };", 1, "#{ a: 1, b: 2 }"),
    ] {
        check(source, column, right);
    }
}

#[test]
fn what_is_right_is_no_slip() {
    for source in [
        "let a = #{ b: 1, \"c\": 'x' };",
        "// it's and or not None # 'text'",
        "/* 'a comment' /* in */ another: None */ let a = 1;",
        "print(\"and # 'None'\", `not ${x}`);",
        "let c = '\\n'; let d = 'x';",
        "f(a,); x.not(); for i in 0..10 { x += 1; }",
        "with lock { } switch x { 1 => 2, _ => 3 }",
        "a?.b ?? c; const N = 1;",
        "print(\"你好，（世界）\"); // 注释：“好”",
        "let x = if a { b } else { c }; return if a { 1 } else { 2 };",
        "let n = a & b; let m = (a) & b; let f = || a; let k = a && b;",
        "while a == 1 { } if (a >= b) { x = 1; } while n < 3 { n += 1; } let a = [1, 2];",
        "f((a), b); let x = (a + b) * (c); g(a, (b)); for (x, i) in [(a)] { x.put(a); x.value in b; }",
        "print\n(1); let m = #{ a: b, c: d }; f(a, b); [a, b] == c; let x = #{}; if a.b { } a.b && c; print(`${x}`, -x);",
        "for (x, i) in list { } print(\"a\"); let t = time(); let r = random();",
    ] {
        assert_eq!(slips("a.rhai", source), [], "{source}");
    }
}
