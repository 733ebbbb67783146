//! The guide's page on the commands, from what clap knows of them.

use std::fmt::Write as _;

use clap::{Arg, Command};

use crate::cli::Cli;

const HEAD: &str = "# Commands

Commands that change or read something work beside a running server: they reach it through the socket in its data
folder, which only its owner may use. Without a server they open the data themselves. Each leaves a line in the access
log. Passwords and secrets are printed once. `--json` prints JSON.

Every command takes `--config FILE`, `--set SECTION.KEY=VALUE` and `--data DIR`, see [configuration](config.md).
";

/// `docs/guide/cli.md`.
pub fn guide() -> String {
    let mut command = Cli::described();
    command.build();
    let mut page = String::from(HEAD);
    for one in command.get_subcommands().filter(|one| !one.is_hide_set() && one.get_name() != "help") {
        describe(&mut page, "bedside", one);
    }
    page
}

fn describe(page: &mut String, before: &str, command: &Command) {
    let name = format!("{before} {}", command.get_name());
    let leaves: Vec<_> = command.get_subcommands().filter(|one| one.get_name() != "help").collect();
    if !leaves.is_empty() {
        leaves.iter().for_each(|one| describe(page, &name, one));
        return;
    }
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let args: Vec<_> = command.get_arguments().filter(|arg| !is_everywhere(arg)).collect();
    let words: String =
        args.iter().filter(|arg| arg.is_positional()).map(|arg| format!(" {}", value(arg))).collect();
    push(page, format_args!("\n## {name}\n\n{about}.\n\n    {name}{words}\n"));
    if !args.is_empty() {
        push(page, format_args!("\n| | |\n|---|---|\n"));
    }
    for arg in args {
        push(page, format_args!("| `{}` | {} |\n", shown(arg), help(arg)));
    }
}

fn is_everywhere(arg: &Arg) -> bool {
    matches!(arg.get_id().as_str(), "config" | "set" | "data" | "help" | "version")
}

fn shown(arg: &Arg) -> String {
    match arg.get_long() {
        None => value(arg),
        Some(long) if arg.get_action().takes_values() => format!("--{long} {}", value(arg)),
        Some(long) => format!("--{long}"),
    }
}

fn value(arg: &Arg) -> String {
    let names = arg.get_value_names().unwrap_or_default();
    names.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn help(arg: &Arg) -> String {
    let mut text = arg.get_help().map(ToString::to_string).unwrap_or_default();
    let defaults = arg.get_default_values();
    if arg.get_action().takes_values() && defaults.iter().any(|value| !value.is_empty()) {
        let values: Vec<_> = defaults.iter().map(|value| value.to_string_lossy()).collect();
        push(&mut text, format_args!("; `{}` unless said", values.join(" ")));
    } else if arg.is_required_set() {
        text.push_str("; required");
    }
    text.replace('|', "\\|")
}

fn push(page: &mut String, text: std::fmt::Arguments<'_>) {
    page.write_fmt(text).expect("a string takes what is written to it");
}
