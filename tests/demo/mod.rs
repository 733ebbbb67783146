//! What the demo tells a stranger to do, done as it is written.

mod walkthrough;

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

/// Has curl tell the status after the body, without a word of it in the lines that were printed.
const CURLRC: &str = "silent\nshow-error\nwrite-out = \"\\n%{http_code}\\n\"\n";

/// A demo in a process of its own, and the lines that it printed to be pasted.
struct Demo {
    child: Child,
    lines: Vec<String>,
}

impl Demo {
    fn start(data: &Path, more: &[&str]) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_bedside"));
        program.arg("--data").arg(data).args(["demo", "--listen", "127.0.0.1:0"]).args(more);
        program.env_remove("BEDSIDE_STORE__DATABASE_URL").stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = program.spawn().expect("the program starts");
        let said =
            BufReader::new(child.stdout.take().expect("it was asked for")).lines().map_while(Result::ok);
        let page: Vec<String> = said.take_while(|line| !line.contains("Ctrl-C stops")).collect();
        let lines = page.iter().skip_while(|line| !line.contains("as pasted into another terminal"));
        let lines = lines.filter_map(|line| line.strip_prefix("  ")).map(str::to_owned).collect();
        Self { child, lines }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Pastes the lines into one shell, and gives what curl said to each: status and body.
fn pasted(lines: &[String], folder: &Path) -> Vec<(u16, Value)> {
    std::fs::write(folder.join(".curlrc"), CURLRC).expect("a file");
    let script: String = lines.iter().map(|line| format!("{line}\necho \"exit $?\"\n")).collect();
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]).env("CURL_HOME", folder).env("NO_PROXY", "*").env("no_proxy", "*");
    let output = shell.stdin(Stdio::null()).output().expect("a shell");
    let (told, complained) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(told.matches("exit 0\n").count(), lines.len(), "{lines:?}\n{told}\n{complained}");
    let answers = told.split("exit 0\n").zip(lines).map(|(answer, line)| {
        let is_token = !line.starts_with("curl");
        assert_eq!(answer.is_empty(), is_token, "a token goes into the shell alone: {line}: {answer}");
        answer
    });
    let read = |answer: &str| {
        let (body, status) = answer.trim_end().rsplit_once('\n').expect("a body and a status");
        (status.parse().expect("a status"), serde_json::from_str(body).expect("JSON"))
    };
    answers.filter(|answer| !answer.is_empty()).map(read).collect()
}

fn every_line_works(more: &[&str]) {
    if Command::new("curl").arg("--version").output().is_err() {
        return testkit::not_run("there is no curl to paste the demo's lines with");
    }
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("my demo's data");
    let demo = Demo::start(&data, more);
    let kept = std::fs::read(data.join("demo.json")).expect("what the demo told");
    let kept: Value = serde_json::from_slice(&kept).expect("JSON");
    let people = kept["people"].as_array().expect("people");
    let doctor = people.iter().find(|person| person["key"] == "devries").expect("the doctor");

    let answers = pasted(&demo.lines, folder.path());
    let statuses: Vec<u16> = answers.iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [200, 200, 201, 200, 200, 200], "{answers:?}");
    let [(_, me), (_, contacts), (_, sent), (_, messages), (_, times), (_, categories)] = &answers[..] else {
        unreachable!("six answers")
    };
    assert_eq!(me["id"], doctor["id"]);
    assert!(contacts.as_array().is_some_and(|contacts| !contacts.is_empty()), "{contacts}");
    assert_eq!(messages[0]["id"], sent["id"], "{messages}");
    assert_eq!(messages[0]["body"], "Goedemorgen, hoe gaat het?");
    assert!(times["data"].as_array().is_some_and(|times| times.len() >= 50), "{times}");
    assert!(categories.to_string().contains("de Vries"), "{categories}");
}

#[test]
fn each_line_of_curl_that_the_demo_prints_works_as_pasted() {
    every_line_works(&[]);
}

#[test]
fn and_so_it_does_by_tls() {
    every_line_works(&["--tls"]);
}
