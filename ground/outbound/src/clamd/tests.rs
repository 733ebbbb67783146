//! The daemon's answers, and a daemon that misbehaves.

use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use kernel::{Error, Result};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::{Address, Clamd, NoAddress, Patience, Verdict, verdict};

/// Long enough for a machine that is busy, short enough for who waits for it.
const SHORT: Patience = Patience { step: Duration::from_millis(300), answer: Duration::from_millis(300) };

fn pieces(all: &[&'static str]) -> Vec<Result<Bytes>> {
    all.iter().map(|piece| Ok(Bytes::from_static(piece.as_bytes()))).collect()
}

/// A daemon in this process that does this with its one connection, and what it gave back.
async fn with_daemon<T: Send + 'static, F>(
    doing: impl FnOnce(TcpStream) -> F,
    bytes: Vec<Result<Bytes>>,
) -> (Result<Verdict>, T)
where
    F: Future<Output = T> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let clamd = Clamd::at(format!("tcp:127.0.0.1:{port}").parse().expect("an address"), SHORT);
    let asking = tokio::spawn(async move { clamd.scan(stream::iter(bytes)).await });
    let (line, _) = listener.accept().await.expect("a connection");
    let did = doing(line).await;
    (asking.await.expect("an answer"), did)
}

/// Reads what belongs to one file, its end included.
async fn read_file(line: &mut TcpStream) -> Vec<u8> {
    let mut command = [0; 10];
    line.read_exact(&mut command).await.expect("a command");
    assert_eq!(&command, b"zINSTREAM\0");
    let mut whole = Vec::new();
    loop {
        let length = line.read_u32().await.expect("a length");
        if length == 0 {
            return whole;
        }
        let mut chunk = vec![0; length as usize];
        line.read_exact(&mut chunk).await.expect("a chunk");
        whole.extend(chunk);
    }
}

fn is_unavailable(answer: &Result<Verdict>) -> bool {
    matches!(answer, Err(Error::Unavailable { .. }))
}

#[tokio::test]
async fn a_file_arrives_as_it_is_and_its_verdict_comes_back() {
    for (said, expected) in [
        ("stream: OK\0", Verdict::Clean),
        ("stream: Win.Test.EICAR_HDB-1 FOUND\0", Verdict::Infected("Win.Test.EICAR_HDB-1".to_owned())),
    ] {
        let daemon = |mut line: TcpStream| async move {
            let whole = read_file(&mut line).await;
            line.write_all(said.as_bytes()).await.expect("an answer");
            whole
        };
        let (answer, whole) = with_daemon(daemon, pieces(&["one ", "", "two"])).await;
        assert_eq!(answer.expect("a verdict"), expected);
        assert_eq!(whole, b"one two", "a piece of no bytes does not end it");
    }
}

#[tokio::test]
async fn a_daemon_that_is_not_there_hangs_up_or_says_nothing_has_given_no_verdict() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    drop(listener);
    let nobody = Clamd::at(Address::Tcp(format!("127.0.0.1:{port}")), SHORT);
    assert!(is_unavailable(&nobody.scan(stream::iter(pieces(&["x"]))).await));
    let no_socket = Clamd::at("unix:/nowhere/clamd.ctl".parse().expect("an address"), SHORT);
    assert!(is_unavailable(&no_socket.scan(stream::iter(pieces(&["x"]))).await));

    let hangs_up = |line: TcpStream| async move { drop(line) };
    assert!(is_unavailable(&with_daemon(hangs_up, pieces(&["x"])).await.0));
    let is_cut = |mut line: TcpStream| async move {
        read_file(&mut line).await;
        line.write_all(b"stream: OK").await.expect("half an answer");
    };
    assert!(is_unavailable(&with_daemon(is_cut, pieces(&["x"])).await.0), "half a word is none");
    let is_silent = |mut line: TcpStream| async move {
        read_file(&mut line).await;
        // Held open, so that only patience ends it.
        line
    };
    let (answer, line) = with_daemon(is_silent, pieces(&["x"])).await;
    assert!(is_unavailable(&answer));
    drop(line);
}

#[tokio::test]
async fn a_daemon_that_reads_nothing_is_given_up() {
    let reads_nothing = |line: TcpStream| async move { line };
    // More than the buffers of both ends hold.
    let much = (0..200).map(|_| Ok(Bytes::from(vec![b'x'; 1 << 20]))).collect();
    let (answer, line) = with_daemon(reads_nothing, much).await;
    assert!(is_unavailable(&answer));
    drop(line);
}

#[tokio::test]
async fn a_file_that_breaks_off_is_never_ended_so_that_no_part_of_it_passes_for_the_whole() {
    let broken = vec![Ok(Bytes::from_static(b"begins")), Err(Error::bug("damaged"))];
    let listens = |mut line: TcpStream| async move {
        let mut heard = Vec::new();
        line.read_to_end(&mut heard).await.expect("until it hangs up");
        heard
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let clamd = Clamd::at(Address::Tcp(listener.local_addr().expect("an address").to_string()), SHORT);
    let asking = tokio::spawn(async move { clamd.scan(stream::iter(broken)).await });
    let (line, _) = listener.accept().await.expect("a connection");
    let heard = listens(line).await;
    assert!(matches!(asking.await.expect("an answer"), Err(Error::Bug { .. })));
    assert_eq!(heard, b"zINSTREAM\0\0\0\0\x06begins");
}

#[test]
fn only_two_answers_are_verdicts() {
    assert_eq!(verdict(b"stream: OK\0", true).expect("a verdict"), Verdict::Clean);
    assert!(is_unavailable(&verdict(b"stream: OK\0", false)), "not of a file that was cut");
    let infected = verdict(b"stream: X FOUND\0", false).expect("what was found in a part is there");
    assert_eq!(infected, Verdict::Infected("X".to_owned()));
    let too_large = verdict(b"INSTREAM size limit exceeded. ERROR\0", false);
    assert!(matches!(too_large, Err(Error::TooLarge { .. })), "{too_large:?}");
    for said in [
        b"".as_slice(),
        b"\0",
        b"OK\0",
        b"stream: ERROR\0",
        b"stream: OK",
        b"stream: OK\0\0",
        b"UNKNOWN COMMAND\0",
        b"stream: \xff FOUND\0",
        b"COMMAND READ TIMED OUT\0",
    ] {
        assert!(is_unavailable(&verdict(said, true)), "{}", String::from_utf8_lossy(said));
    }
}

#[test]
fn an_address_says_what_kind_it_is() {
    let address = |text: &str| text.parse::<Address>();
    assert_eq!(address("unix:/run/clamav/clamd.ctl"), Ok(Address::Unix("/run/clamav/clamd.ctl".into())));
    assert_eq!(address("tcp:localhost:3310"), Ok(Address::Tcp("localhost:3310".to_owned())));
    assert_eq!(address("tcp:[::1]:3310"), Ok(Address::Tcp("[::1]:3310".to_owned())));
    for text in ["", "localhost:3310", "unix:clamd.ctl", "tcp:3310", "tcp::3310", "tcp:host:0", "tcp:a b:1"] {
        assert_eq!(address(text), Err(NoAddress), "{text}");
    }
}

#[test]
fn only_an_address_of_this_machine_or_of_a_network_that_is_not_public_is_near() {
    let is_near = |text: &str| text.parse::<Address>().expect("an address").is_near();
    for near in [
        "unix:/run/clamav/clamd.ctl",
        "tcp:localhost:3310",
        "tcp:127.0.0.1:3310",
        "tcp:10.1.2.3:3310",
        "tcp:[::1]:3310",
        "tcp:[fd00::1]:3310",
    ] {
        assert!(is_near(near), "{near}");
    }
    for far in
        ["tcp:clamav:3310", "tcp:203.0.113.1:3310", "tcp:[2001:db8::1]:3310", "tcp:localhost.zorg.nl:3310"]
    {
        assert!(!is_near(far), "{far}");
    }
}

#[tokio::test]
async fn a_daemon_answers_when_it_says_so() {
    for (said, answers) in [(Some("PONG\0"), true), (Some("PANG\0"), false), (None, false)] {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let clamd = Clamd::at(Address::Tcp(listener.local_addr().expect("an address").to_string()), SHORT);
        let asking = tokio::spawn(async move { clamd.answers().await });
        let (mut line, _) = listener.accept().await.expect("a connection");
        let mut asked = [0; 6];
        line.read_exact(&mut asked).await.expect("a question");
        assert_eq!(&asked, b"zPING\0");
        if let Some(said) = said {
            line.write_all(said.as_bytes()).await.expect("an answer");
        }
        assert_eq!(asking.await.expect("an end"), answers, "{said:?}");
    }
}
