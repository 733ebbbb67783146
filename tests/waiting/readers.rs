//! Who is told of what happens to an appointment, and where.

use flows::desk::{Order, Place};
use testkit::bedside_test;

use super::*;
use crate::cast::{Mail, MailServer};

const DAUGHTER: &str = "dochter@example.test";

impl Practice {
    /// An assistant of the practice.
    async fn desk(&self) -> (Somebody, Actor) {
        let erik = self.linde.somebody("Erik", "Smit", Role::Assistant).await;
        let actor = Actor { role: Role::Assistant, ..self.actor(&erik) };
        (erik, actor)
    }

    async fn moves_by_desk(&self, desk: &Actor, id: AppointmentId, to: &str) {
        let moved = flows::desk::move_to(&self.ward.house, desk, id, place(to)).await;
        moved.expect("moved by the desk");
        self.pass(1).await;
    }

    async fn cancels_by_desk(&self, desk: &Actor, id: AppointmentId) {
        flows::desk::cancel(&self.ward.house, desk, id, None).await.expect("cancelled by the desk");
        self.pass(1).await;
    }

    async fn books_by_desk(&self, desk: &Actor, patient: &Somebody, at: &str) -> AppointmentId {
        let order = Order {
            kind: 198,
            patient: patient.id,
            insurance: Some(136),
            place: place(at),
            details: Details::default(),
        };
        let booked = flows::desk::create(&self.ward.house, desk, order).await.expect("booked by telephone");
        self.pass(1).await;
        booked.appointment.id
    }

    /// Somebody books and names an address for the waiting list, and for all about the appointment.
    pub async fn books_with(&self, actor: &Actor, at: &str, email: Option<&str>) -> AppointmentId {
        let proof = self.proof_for(actor, at).await.unwrap_or_else(|| panic!("{at} is not free"));
        let details = Details { email: email.map(str::to_owned), ..Details::default() };
        let request = Request { proof, details, asap: email.is_some() };
        let booked = flows::booking::book(&self.ward.house, actor, request).await.expect("booked");
        self.pass(1).await;
        booked
    }

    /// Whoever reads what is sent to an address says that it is theirs.
    async fn confirms(&self, email: &str) {
        let asked = self.letters_to(email, "asap_confirm").await.pop().expect("a letter that asks");
        self.confirms_by(&path(&asked, "/earlier/confirm/")).await;
    }

    async fn confirms_by(&self, link: &str) {
        let mut browser = self.browser();
        let page = browser.open(link).await;
        let confirmed = browser.submit(&page, &[]).await;
        assert!(confirmed.text.contains("E-mail address confirmed"), "{}", confirmed.text);
    }

    /// Whether somebody's address is known to be theirs.
    async fn is_reached(&self, who: &Somebody, is_reached: bool) {
        const VERIFY: &str = "UPDATE person_identifiers SET verified_ms = $2 WHERE person = $1";
        let verified_ms = is_reached.then(|| self.ward.clock.now_ms());
        let verified = self.ward.house.db.write((who.id, verified_ms), |tx, (id, verified_ms)| {
            Box::pin(async move { tx.run(VERIFY, &args![id, *verified_ms]).await })
        });
        verified.await.expect("an address");
    }

    /// What the calendars behind an address were told.
    async fn told(&self, email: &str) -> Vec<String> {
        let letters = self.letters_to(email, "appointment").await;
        letters.iter().map(|letter| method(&letter.attachments[0].text)).collect()
    }
}

fn place(at: &str) -> Place {
    Place { start_ms: ms(at), resources: Vec::new(), overbook: false, hold: None }
}

fn method(file: &str) -> String {
    file.lines().find_map(|line| line.strip_prefix("METHOD:")).expect("a method").to_owned()
}

/// What letters about appointments went to an address.
fn about(mails: &[Mail], email: &str) -> usize {
    mails.iter().filter(|mail| mail.to == email && mail.raw.contains("text/calendar")).count()
}

#[bedside_test]
async fn who_booked_for_somebody_without_an_address_is_told_what_the_desk_does_while_they_may_know(
    ward: Ward,
) {
    let practice = Practice::open(&ward).await;
    practice.changes(|new| new.needs_confirmation = true).await;
    practice.pass(10).await;
    let daan = practice.without_address("Daan").await;
    let carla = practice.linde.patient("Carla").await;
    let (erik, desk) = practice.desk().await;
    let mandate = practice.lets(&daan, &carla, true).await;
    let actor = practice.in_stead(&carla, &daan);
    let id = practice.books_with(&actor, "2026-03-05T10:00", None).await;
    let second = practice.books_with(&actor, "2026-03-06T10:00", None).await;
    assert_eq!(practice.told(&carla.email).await.len(), 2, "both are asked for");
    flows::desk::confirm(&ward.house, &desk, id).await.expect("confirmed");
    practice.pass(1).await;
    practice.moves_by_desk(&desk, id, "2026-03-05T11:00").await;
    practice.cancels_by_desk(&desk, id).await;
    let expected = ["REQUEST", "REQUEST", "REQUEST", "REQUEST", "CANCEL"];
    assert_eq!(practice.told(&carla.email).await, expected);
    practice.ends(mandate).await;
    practice.cancels_by_desk(&desk, second).await;
    assert_eq!(practice.told(&carla.email).await.len(), 5, "she may not know of it any more");
    assert!(practice.told(&erik.email).await.is_empty(), "the desk is told of nothing");
    practice.closes().await;
}

#[bedside_test]
async fn who_put_it_on_the_waiting_list_for_somebody_without_an_address_is_told_what_follows(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let daan = practice.without_address("Daan").await;
    let (carla, femke) = (practice.linde.patient("Carla").await, practice.linde.patient("Femke").await);
    let (_, desk) = practice.desk().await;
    let id = practice.books_by_desk(&desk, &daan, "2026-03-05T10:00").await;
    for proxy in [&carla, &femke] {
        practice.lets(&daan, proxy, true).await;
    }
    let actor = practice.in_stead(&carla, &daan);
    flows::asap::subscribe(&ward.house, &actor, id, &carla.email).await.expect("on the list");
    practice.moves_by_desk(&desk, id, "2026-03-05T11:00").await;
    let femkes = practice.in_stead(&femke, &daan);
    flows::booking::cancel(&ward.house, &femkes, id, None).await.expect("cancelled");
    practice.pass(1).await;
    assert_eq!(practice.told(&carla.email).await, ["REQUEST", "CANCEL"], "it is in her calendar");
    assert!(practice.told(&femke.email).await.is_empty());
    practice.closes().await;
}

#[bedside_test]
async fn who_has_it_in_their_calendar_is_told_what_follows_also_once_the_patient_has_an_address(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let (tim, carla) = (practice.linde.patient("Tim").await, practice.linde.patient("Carla").await);
    practice.is_reached(&tim, false).await;
    let (_, desk) = practice.desk().await;
    let mandate = practice.lets(&tim, &carla, true).await;
    let actor = practice.in_stead(&carla, &tim);
    let first = practice.books_with(&actor, "2026-03-05T10:00", None).await;
    let second = practice.books_with(&actor, "2026-03-06T10:00", None).await;
    practice.is_reached(&tim, true).await;
    practice.books_with(&actor, "2026-03-04T10:00", None).await;
    let told = async |who: &Somebody| practice.told(&who.email).await;
    assert_eq!((told(&carla).await.len(), told(&tim).await.len()), (2, 1), "the third is his business");
    practice.moves_by_desk(&desk, first, "2026-03-05T11:00").await;
    practice.cancels_by_desk(&desk, first).await;
    assert_eq!(told(&carla).await, ["REQUEST", "REQUEST", "REQUEST", "CANCEL"]);
    assert_eq!(told(&tim).await, ["REQUEST", "REQUEST", "CANCEL"]);
    practice.ends(mandate).await;
    practice.cancels_by_desk(&desk, second).await;
    assert_eq!(told(&carla).await.len(), 4, "she may not know whether he comes");
    assert_eq!(told(&tim).await.len(), 4);
    practice.closes().await;
}

#[bedside_test]
async fn an_address_that_was_confirmed_for_an_appointment_is_told_of_its_end_whoever_left_the_list(
    ward: Ward,
) {
    let practice = Practice::open(&ward).await;
    practice.changes(|new| new.asap.stays = false).await;
    let (_, desk) = practice.desk().await;
    for (name, how) in [("Anna", "cancelled"), ("Bram", "moved"), ("Chris", "one click"), ("Dora", "left")] {
        let email = format!("dochter.{}@example.test", name.to_lowercase());
        let who = practice.linde.patient(name).await;
        let id = practice.books_with(&practice.actor(&who), "2026-03-06T10:00", Some(&email)).await;
        assert_eq!(
            practice.told(&who.email).await,
            ["REQUEST"],
            "nobody has confirmed the other address yet"
        );
        practice.confirms(&email).await;
        practice.moves_by_desk(&desk, id, "2026-03-06T11:00").await;
        match how {
            "moved" => practice.moves(&who, id, "2026-03-06T12:00").await,
            "one click" => {
                practice.joins(&who, id, &email).await.expect("on the list again");
                practice.pass(1).await;
                practice.confirms(&email).await;
                practice.something_becomes_free("2026-03-05T10:00").await;
                let way_out = way_out(&practice.offers_to(&email).await[0]);
                let page = practice.browser().open(&way_out).await;
                practice.browser().submit(&page, &[]).await;
            }
            "left" => flows::asap::leave(&ward.house, &practice.actor(&who), id).await.expect("left"),
            _ => {}
        }
        practice.pass(1).await;
        practice.cancels_by_desk(&desk, id).await;
        let told = practice.told(&email).await;
        assert_eq!(told.last().map(String::as_str), Some("CANCEL"), "{how}: {told:?}");
        assert_eq!(told.len(), if how == "moved" { 3 } else { 2 }, "{how}: {told:?}");
        let own = [vec!["REQUEST".to_owned()], told].concat();
        assert_eq!(practice.told(&who.email).await, own, "{how}: the calendar there holds it, too");
    }
    practice.closes().await;
}

#[bedside_test]
async fn who_has_no_verified_address_is_told_at_the_one_that_they_confirmed(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let daan = practice.without_address("Daan").await;
    let (_, desk) = practice.desk().await;
    let id = practice.books_with(&practice.actor(&daan), "2026-03-06T10:00", Some(DAUGHTER)).await;
    assert!(practice.told(DAUGHTER).await.is_empty(), "it may be a stranger's");
    practice.confirms(DAUGHTER).await;
    practice.moves_by_desk(&desk, id, "2026-03-06T11:00").await;
    practice.cancels_by_desk(&desk, id).await;
    assert_eq!(practice.told(DAUGHTER).await, ["REQUEST", "CANCEL"]);
    practice.closes().await;
}

#[bedside_test]
async fn an_address_that_a_proxy_confirmed_is_told_of_nothing_once_the_mandate_has_ended(ward: Ward) {
    let practice = Practice::open(&ward).await;
    let anna = practice.linde.patient("Anna").await;
    let carla = practice.linde.patient("Carla").await;
    let (_, desk) = practice.desk().await;
    let mandate = practice.lets(&anna, &carla, true).await;
    let actor = practice.in_stead(&carla, &anna);
    let id = practice.books_with(&actor, "2026-03-06T10:00", Some(DAUGHTER)).await;
    practice.confirms(DAUGHTER).await;
    practice.moves_by_desk(&desk, id, "2026-03-06T11:00").await;
    assert_eq!(practice.told(DAUGHTER).await, ["REQUEST"]);
    practice.ends(mandate).await;
    practice.moves_by_desk(&desk, id, "2026-03-06T12:00").await;
    practice.lets(&anna, &carla, false).await;
    practice.something_becomes_free("2026-03-03T10:00").await;
    assert_eq!(practice.why_ended().await, ["mandate_ended"]);
    practice.cancels_by_desk(&desk, id).await;
    assert_eq!(practice.told(DAUGHTER).await, ["REQUEST"]);
    assert_eq!(practice.told(&anna.email).await, ["REQUEST", "REQUEST", "REQUEST", "CANCEL"]);
    practice.closes().await;
}

#[bedside_test]
async fn an_address_from_which_letters_came_back_is_told_of_nothing_more(ward: Ward) {
    let server = MailServer::open().await;
    let mut practice = Practice::open(&ward).await;
    leaving::goes_live(&practice).await;
    practice.ward = ward.with_mailer(server.mailer());
    let anna = practice.linde.patient("Anna").await;
    let (_, desk) = practice.desk().await;
    let id = practice.books_with(&practice.actor(&anna), "2026-03-06T10:00", Some(DAUGHTER)).await;
    let mails = server.take();
    let asked = mails.iter().find(|mail| mail.to == DAUGHTER).expect("a letter that asks");
    practice.confirms_by(&asked.link("/earlier/confirm/")).await;
    practice.moves_by_desk(&desk, id, "2026-03-06T11:00").await;
    assert_eq!(about(&server.take(), DAUGHTER), 1);
    server.answer(DAUGHTER, Some("550 5.1.1 nobody here"));
    practice.something_becomes_free("2026-03-03T10:00").await;
    assert_eq!(practice.why_ended().await, ["bounced"]);
    server.answer(DAUGHTER, None);
    server.take();
    practice.cancels_by_desk(&desk, id).await;
    let mails = server.take();
    assert_eq!((about(&mails, DAUGHTER), about(&mails, &anna.email)), (0, 1));
    practice.closes().await;
}

/// A report that a mail did not arrive, and why.
fn report_on(mail: &Mail, status: &str) -> String {
    format!(
        "To: <{}>\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\
         Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.test\r\n\r\n\
         Final-Recipient: rfc822; {}\r\nAction: failed\r\nStatus: {status}\r\n\r\n--b--\r\n",
        mail.from, mail.to
    )
}

#[bedside_test]
async fn whichever_letter_about_an_appointment_came_back_no_other_goes_to_that_address(ward: Ward) {
    const GONE: &str = "550 5.1.1 nobody here";
    let (server, practice) = leaving::with_a_mail_server(&ward).await;
    let (_, desk) = practice.desk().await;
    for (name, how) in [("Anna", "on the list"), ("Bram", "left"), ("Chris", "by a report")] {
        let email = format!("dochter.{}@example.test", name.to_lowercase());
        let who = practice.linde.patient(name).await;
        let id = practice.books_with(&practice.actor(&who), "2026-03-06T10:00", Some(&email)).await;
        let mails = server.take();
        let asked = mails.iter().find(|mail| mail.to == email).expect("a letter that asks");
        practice.confirms_by(&asked.link("/earlier/confirm/")).await;
        if how != "on the list" {
            flows::asap::leave(&practice.ward.house, &practice.actor(&who), id).await.expect("left");
        }
        server.answer(&email, Some(GONE).filter(|_| how != "by a report"));
        practice.moves_by_desk(&desk, id, "2026-03-06T11:00").await;
        server.answer(&email, None);
        if let Some(mail) = server.take().iter().find(|mail| mail.to == email) {
            let noted = flows::mail::bounced::take_in(&practice.ward.house, &report_on(mail, "5.1.1")).await;
            assert!(matches!(noted, Ok(flows::mail::bounced::Bounced::Letter(_))), "{how}: {noted:?}");
        }
        practice.cancels_by_desk(&desk, id).await;
        let mails = server.take();
        assert_eq!((about(&mails, &email), about(&mails, &who.email)), (0, 1), "{how}");
    }
    assert_eq!(practice.why_ended().await, ["bounced", "left", "left"]);
    server.answer(DAUGHTER, Some(GONE));
    let dora = practice.linde.patient("Dora").await;
    practice.books_with(&practice.actor(&dora), "2026-03-06T10:00", Some(DAUGHTER)).await;
    assert_eq!(
        practice.why_ended().await,
        ["bounced", "bounced", "left", "left"],
        "no letter that asks for it arrived"
    );
    practice.closes().await;
}

#[bedside_test]
async fn a_mailbox_that_is_full_for_a_day_goes_on_being_written_to(ward: Ward) {
    let (server, practice) = leaving::with_a_mail_server(&ward).await;
    let (_, desk) = practice.desk().await;
    let anna = practice.linde.patient("Anna").await;
    let id = practice.books_with(&practice.actor(&anna), "2026-03-06T10:00", Some(DAUGHTER)).await;
    let mails = server.take();
    let asked = mails.iter().find(|mail| mail.to == DAUGHTER).expect("a letter that asks");
    practice.confirms_by(&asked.link("/earlier/confirm/")).await;
    practice.moves_by_desk(&desk, id, "2026-03-06T11:00").await;
    practice.something_becomes_free("2026-03-03T10:00").await;
    let mails = server.take();
    for (mail, status) in mails.iter().filter(|mail| mail.to == DAUGHTER).zip(["5.2.2", "5.7.1"]) {
        let noted = flows::mail::bounced::take_in(&practice.ward.house, &report_on(mail, status)).await;
        assert!(matches!(noted, Ok(flows::mail::bounced::Bounced::Letter(_))), "{noted:?}");
    }
    assert!(practice.why_ended().await.is_empty(), "she still waits");
    practice.cancels_by_desk(&desk, id).await;
    assert_eq!(about(&server.take(), DAUGHTER), 1);
    practice.closes().await;
}

#[bedside_test]
async fn once_mail_of_any_kind_does_not_reach_a_patient_who_acts_for_them_is_told(ward: Ward) {
    let (server, practice) = leaving::with_a_mail_server(&ward).await;
    let (tim, carla) = (practice.linde.patient("Tim").await, practice.linde.patient("Carla").await);
    let (_, desk) = practice.desk().await;
    practice.lets(&tim, &carla, true).await;
    let actor = practice.in_stead(&carla, &tim);
    let id = practice.books_with(&actor, "2026-03-06T10:00", Some(&tim.email)).await;
    assert_eq!(about(&server.take(), &tim.email), 1);
    let marked = practice.ward.house.db.write((practice.linde.id, tim.email.clone()), |tx, (here, email)| {
        Box::pin(identity::notices::mark_undeliverable(tx, *here, email))
    });
    marked.await.expect("another letter came back");
    practice.cancels_by_desk(&desk, id).await;
    let mails = server.take();
    assert_eq!((about(&mails, &tim.email), about(&mails, &carla.email)), (0, 1));
    practice.closes().await;
}
