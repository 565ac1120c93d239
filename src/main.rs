//! The program `ipcscope`: wiring only.

fn main() {
    println!("Hello, world!");
}
