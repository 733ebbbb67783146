use proptest::prelude::*;

use crate::bounces::{self, Report};
use crate::letters::{self, Way};
use crate::mailer::{MailSettings, Mailer};

#[testkit::bedside_test]
async fn both_engines_understand_every_statement(ground: testkit::Ground) {
    ground.db.check_statements(&crate::ALL_SQL.concat()).await.expect("statements that both understand");
}

const TOKEN: &str = "0192f0c1a2b3c4d5e6f708090123456789abcdef";

fn report(action: &str, status: &str) -> String {
    format!(
        "Return-Path: <>\nTo: bounce+{TOKEN}@zorg.example.nl\nContent-Type: multipart/report; \
         report-type=delivery-status; boundary=x\n\n--x\nContent-Type: text/plain\n\nIt did not arrive.\n--x\n\
         Content-Type: message/delivery-status\n\nReporting-MTA: dns; mail.example.nl\n\n\
         Final-Recipient: rfc822; weg@elders.test\nAction: {action}\nStatus: {status}\n--x--\n"
    )
}

#[test]
fn a_report_says_whether_the_address_is_gone() {
    for (action, status, has_failed, is_about_the_address) in [
        ("failed", "5.1.1", true, true),
        ("Failed", "5.2.1 (disabled)", true, true),
        ("failed", "5.1.10", true, true),
        ("failed", "5.0.0", true, false),
        ("failed", "5.1.7", true, false),
        ("failed", "5.1.8", true, false),
        ("failed", "5.2.2", true, false),
        ("failed", "5.7.1", true, false),
        ("failed", "5.0.0", true, false),
        ("failed", "4.4.1", false, false),
        ("delayed", "4.2.2", false, false),
        ("relayed", "2.0.0", false, false),
    ] {
        let expected = Report { token: TOKEN.to_owned(), has_failed, is_about_the_address };
        let bare = report(action, status);
        // A mailbox writes above it whether it was read.
        let of_a_mailbox = format!("Status: RO\nAction: none\n{bare}");
        let of_windows = bare.replace('\n', "\r\n");
        for message in [bare, of_a_mailbox, of_windows] {
            assert_eq!(bounces::read(&message), Some(expected.clone()), "{message}");
        }
    }
}

#[test]
fn what_is_no_report_on_a_letter_of_ours_says_nothing() {
    let other = report("failed", "5.1.1").replace(TOKEN, &TOKEN[1..]);
    let quoted = report("failed", "5.1.1").replace("To: ", "> To: ");
    let holiday = format!("To: bounce+{TOKEN}@zorg.example.nl\nSubject: On holiday\n\nBack on Monday.\n");
    for message in [other, quoted, holiday, String::new()] {
        assert_eq!(bounces::read(&message), None, "{message}");
    }
}

proptest! {
    #[test]
    fn no_message_is_too_odd_to_be_read(message in "(?s).{0,2000}", bytes in proptest::collection::vec(any::<u8>(), 0..2000)) {
        let _ = bounces::read(&message);
        let _ = bounces::read(&String::from_utf8_lossy(&bytes));
    }
}

fn settings(smtp_url: &str) -> MailSettings {
    MailSettings {
        smtp_url: smtp_url.into(),
        from: "Bedside <post@zorg.example.nl>".to_owned(),
        bounce_address: Some("bounce@zorg.example.nl".to_owned()),
        ca_file: None,
        allow_plain: false,
    }
}

fn security(smtp_url: &str) -> String {
    Mailer::open(&settings(smtp_url)).map_or_else(str::to_owned, |mailer| {
        let shown = format!("{mailer:?}");
        assert!(!shown.contains("hush"), "{shown}");
        shown.split_once("security: ").unwrap().1.split([' ', ',']).next().unwrap().to_owned()
    })
}

#[test]
fn another_machine_is_spoken_to_by_tls_and_by_nothing_else() {
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
    assert_eq!(security("smtps://me:hush@mail.example.nl"), "Tls");
    assert_eq!(security("smtp://me:hush@mail.example.nl:587"), "StartTls");
    assert_eq!(security("smtp://10.0.0.1"), "StartTls");
    assert_eq!(security("smtp://localhost.example.nl"), "StartTls");
    for here in ["smtp://localhost:25", "smtp://127.0.0.1", "smtp://[::1]:2525"] {
        assert_eq!(security(here), "WhereOffered", "{here}");
    }
    let trusting = MailSettings { allow_plain: true, ..settings("smtp://mail.example.nl") };
    assert!(format!("{:?}", Mailer::open(&trusting).unwrap()).contains("WhereOffered"));
}

#[test]
fn what_does_not_fit_is_refused_without_repeating_it() {
    for url in ["", "mail.example.nl:25", "http://mail.example.nl", "smtp://", "smtps:hush"] {
        assert!(security(url).starts_with("mail.smtp_url must be"), "{url}");
    }
    for url in ["smtps://me@mail.example.nl", "smtps://:hush@mail.example.nl"] {
        assert!(security(url).ends_with("a user and a password, or neither"), "{url}");
    }
    assert!(security("smtps://me:%FF@mail.example.nl").starts_with("mail.smtp_url must be"));
    let unfit = MailSettings { from: "niemand".to_owned(), ..settings("smtp://localhost") };
    assert!(Mailer::open(&unfit).unwrap_err().starts_with("mail.from"));
}

#[test]
fn a_return_path_has_room_for_the_token_of_each_letter() {
    let with = |user: &str| {
        let bounce_address = Some(format!("{user}@zorg.example.nl"));
        Mailer::open(&MailSettings { bounce_address, ..settings("smtp://localhost") })
    };
    assert!(with(&"b".repeat(23)).is_ok());
    assert!(with(&"b".repeat(24)).unwrap_err().starts_with("mail.bounce_address may have at most 23"));
    assert!(with("a b").unwrap_err().starts_with("mail.bounce_address must be"));
}

#[test]
fn an_sms_is_promised_to_a_sandbox_alone() {
    assert!(letters::may_send(Way::Sms, true).is_ok());
    assert!(letters::may_send(Way::Sms, false).is_err());
    assert!(letters::may_send(Way::Mail, false).is_ok());
}
