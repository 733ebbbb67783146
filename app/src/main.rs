//! The bedside server and its commands.

use std::process::ExitCode;

use bedside::cli::Cli;
use bedside::serve::install_provider;
use clap::Parser as _;

/// Many threads take and give small pieces; the system's own allocator costs each message a tenth more.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    install_provider();
    let cli = Cli::parse();
    // One worker for each core, which is what the runtime does of itself.
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    match runtime.block_on(cli.run()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("bedside: {error:#}");
    ExitCode::FAILURE
}
