//! The walk through the portal's API (docs/guide/portal-walkthrough.md), pasted as it stands: the page's addresses are those
//! of this demo, and somebody signs in where it says so.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::process::Command;

use super::Demo;
use crate::cast::Browser;

const PAGE: &str = include_str!("../../docs/guide/portal-walkthrough.md");
const START: &str = "bedside demo --data demo-data\n";
const URL: &str = "http://localhost:8080";
/// So long a paste may take: longer than the page itself waits for its letter.
const WITHIN: Duration = Duration::from_secs(180);
/// Ends what a command printed.
const MARK: &str = "that was one command";

/// A command of the page, or what stands there of what those above it print.
#[derive(Debug)]
enum Part {
    Command(String),
    Prints(String),
}

/// The parts of the page, in their order. A command may go over several lines.
fn parts(url: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    for block in PAGE.split("```").skip(1).step_by(2) {
        let (language, text) = block.split_once('\n').expect("a language and lines");
        let text = text.replace(URL, url);
        match language {
            "sh" if text == START => {}
            "sh" => {
                let joined = text.replace("\\\n", "\\\u{0}");
                parts.extend(joined.lines().map(|line| Part::Command(line.replace('\u{0}', "\n"))));
            }
            "text" => parts.extend(text.lines().map(|line| Part::Prints(line.to_owned()))),
            other => panic!("a block of {other}"),
        }
    }
    parts
}

/// Whether a line is as the page says, where `...` stands for anything.
fn is_like(line: &str, said: &str) -> bool {
    let Some((begin, said)) = said.split_once("...") else { return line == said };
    let (middle, end) = said.rsplit_once("...").unwrap_or(("", said));
    let rest = line.strip_prefix(begin).and_then(|rest| rest.strip_suffix(end));
    let mut pieces = middle.split("...");
    pieces
        .try_fold(rest, |rest, piece| Some(rest?.split_once(piece).map(|(_, rest)| rest)))
        .flatten()
        .is_some()
}

/// Pastes the commands into one shell, and gives the lines that each printed. A shell that waits for ever is ended, and what
/// it printed by then is told.
async fn pasted(commands: &[String], folder: &Path) -> Vec<Vec<String>> {
    let script: String = commands.iter().map(|command| format!("{command}\necho '{MARK}'\n")).collect();
    let program = Path::new(env!("CARGO_BIN_EXE_bedside")).parent().expect("a folder").to_owned();
    let found = std::env::var("PATH").unwrap_or_default();
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]).current_dir(folder).env("PATH", format!("{}:{found}", program.display()));
    shell.env("NO_PROXY", "*").env("no_proxy", "*").env_remove("BEDSIDE_STORE__DATABASE_URL");
    let files = ["told", "complained"].map(|name| folder.join(name));
    let [out, err] = files.each_ref().map(|file| std::fs::File::create(file).expect("a file"));
    let mut shell =
        shell.stdin(Stdio::null()).stdout(out).stderr(err).kill_on_drop(true).spawn().expect("a shell");
    let ended = tokio::time::timeout(WITHIN, shell.wait()).await;
    let [told, complained] = files.map(|file| std::fs::read_to_string(file).expect("text"));
    assert!(ended.is_ok(), "after {WITHIN:?} it still waits for something:\n{told}\n{complained}");
    let mut printed: Vec<Vec<String>> =
        told.split(&format!("{MARK}\n")).map(|lines| lines.lines().map(str::to_owned).collect()).collect();
    assert_eq!(printed.pop(), Some(Vec::new()), "{told}\n{complained}");
    assert_eq!(printed.len(), commands.len(), "{told}");
    printed
}

/// Signs in at the address that the page prints, allows what is asked, and gives the code.
async fn code(url: &str, authorize: &str, (email, password): (&str, &str)) -> String {
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let mut anna = Browser::at(&http, url);
    let page = anna.open(authorize.strip_prefix(url).expect("an address of the demo")).await;
    let page = anna.submit(&page, &[("email", email), ("password", password)]).await;
    let page = anna.submit(&page, &[("answer", "allow")]).await;
    let back = page.location().expect("the way back to the application");
    let code = back.strip_prefix("http://127.0.0.1:9/callback?code=").expect("a code");
    code.split('&').next().unwrap().to_owned()
}

#[test]
fn the_walkthrough_ends_with_exactly_one_appointment_and_prints_what_it_says() {
    if std::process::Command::new("curl").arg("--version").output().is_err() {
        return testkit::not_run("there is no curl to paste the walkthrough with");
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.expect("a runtime").block_on(walk());
}

async fn walk() {
    let folder = tempfile::tempdir().expect("a folder");
    let demo = Demo::start(&folder.path().join("demo-data"), &[]);
    let kept = std::fs::read(folder.path().join("demo-data/demo.json")).expect("what the demo told");
    let kept: Value = serde_json::from_slice(&kept).expect("JSON");
    let url = kept["url"].as_str().expect("where it listens").to_owned();
    let anna = kept["people"].as_array().unwrap().iter().find(|one| one["key"] == "anna").expect("Anna");
    let text = |name: &str| anna[name].as_str().unwrap().to_owned();

    let parts = parts(&url);
    let mut commands: Vec<String> = parts
        .iter()
        .filter_map(|part| if let Part::Command(line) = part { Some(line.clone()) } else { None })
        .collect();
    let at = commands.iter().position(|line| line == "CODE=...").expect("where the code goes");
    let printed = pasted(&commands[..at], folder.path()).await;
    let authorize = printed.last().and_then(|lines| lines.first()).expect("an address");
    commands[at] = format!("CODE={}", code(&url, authorize, (&text("email"), &text("password"))).await);

    let printed = pasted(&commands, folder.path()).await;
    drop(demo);
    let printed: Vec<&String> = printed.iter().flatten().collect();
    let said: Vec<&String> = parts
        .iter()
        .filter_map(|part| if let Part::Prints(line) = part { Some(line) } else { None })
        .collect();
    for (line, said) in printed.iter().zip(&said) {
        assert!(is_like(line, said), "the page says\n{said}\nand it prints\n{line:.600}");
    }
    assert_eq!(printed.len(), said.len(), "{printed:#?}");
    ends_with_one(&printed);
}

/// Exactly one appointment, of the id that it always had, earlier than it was.
fn ends_with_one(printed: &[&String]) {
    let data = |line: &&String| serde_json::from_str::<Value>(line).ok().map(|answer| answer["data"].clone());
    let answers: Vec<Value> = printed.iter().filter_map(data).collect();
    let booked = answers.iter().find(|data| data["status"] == "booked").expect("Anna's appointment");
    let list = answers.iter().rfind(|data| data[0]["status"] == "booked").expect("her list");
    assert_eq!(list.as_array().map(Vec::len), Some(1), "{list}");
    assert_eq!(list[0]["id"], booked["id"]);
    assert!(list[0]["starts_at"].as_str() < booked["starts_at"].as_str(), "{list}");
}
