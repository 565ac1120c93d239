//! The program: becomes an actor if a host started it, else does what the command line says.

use clap::Parser;
use ipcscope::cli::Cli;

fn main() -> color_eyre::Result<()> {
    ipcscope::child::become_actor_if_asked();
    ipcscope::sys::child::survive_file_limit();
    color_eyre::install()?;
    let code = Cli::try_parse().map_or_else(|error| ipcscope::app::usage(&error), ipcscope::app::main);
    std::process::exit(code)
}
