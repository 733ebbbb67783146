//! The waiting list: who is told of what became free, and what they do with it.

mod answers;
mod endings;
mod leaving;
mod letters;
mod mandates;
mod readers;
mod telling;
mod turns;
mod yes;

use std::sync::Arc;

use booking::appointments::{Details, Filter};
use booking::setup::categories::{self, NewCategory};
use booking::setup::institutions::{self, NewInstitution};
use booking::setup::resources::{self, NewResource};
use booking::setup::types::{self, NewType};
use booking::setup::{Author, insurances, patients, settings};
use booking::{InsuranceKind, ResourceKind, Weekly};
use flows::booking::{Request, Wanted};
use flows::mail::inbox::{self, Shown};
use jiff::SignedDuration;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use kernel::{
    Actor, AppointmentId, AppointmentTypeId, CategoryId, OrganisationId, Origin, PersonId, RequestId,
    ResourceId, Result, Role, Scopes,
};
use store::{Tx, args};

use crate::cast::{Browser, Organisation, Page, Somebody, Ward};

const ZONE: &str = "Europe/Amsterdam";
const MINUTE: SignedDuration = SignedDuration::from_mins(1);

/// A sandbox practice with a waiting list. It is Monday 2 March 2026, 9:00.
struct Practice {
    ward: Ward,
    linde: Organisation,
    calendars: Calendars,
}

#[derive(Clone, Copy)]
struct Calendars {
    doctor: CategoryId,
    devries: ResourceId,
    /// 30 minutes with Dr. de Vries on weekdays from nine to five: to be moved until an hour before it starts.
    visit: AppointmentTypeId,
}

/// What the practice calls it, and no letter may.
const SECRET_NAME: &str = "Colonoscopy";

async fn set_up(tx: &Tx, here: OrganisationId) -> Result<Calendars> {
    let by = Author::Operator;
    let linde = institutions::add(tx, by, here, &NewInstitution::named("De Linde", ZONE)).await?;
    insurances::add(tx, by, here, Some(136), "By law", InsuranceKind::Statutory).await?;
    insurances::add(tx, by, here, Some(137), "Private", InsuranceKind::Private).await?;
    let new = NewResource {
        institution: linde,
        kind: ResourceKind::Practitioner,
        name: "Dr. de Vries".to_owned(),
        person: None,
    };
    let devries = resources::add(tx, by, here, &new).await?;
    let day = |weekday| Weekly { weekday, from: 540, until: 1_020, first_day: None, last_day: None };
    let hours: Vec<Weekly> = (1..=5).map(day).collect();
    resources::set_hours(tx, by, here, devries, &hours).await?;
    let doctor =
        NewCategory { number: Some(53), is_person: true, ..NewCategory::named(linde, "Dr. de Vries") };
    let doctor = categories::add(tx, by, here, &doctor).await?;
    let visit = types::add(tx, by, here, &visit(doctor, devries)).await?;
    Ok(Calendars { doctor, devries, visit })
}

fn visit(doctor: CategoryId, devries: ResourceId) -> NewType {
    let mut visit = NewType::named(doctor, SECRET_NAME, 30, vec![devries]);
    (visit.number, visit.notice, visit.cancel, visit.reschedule) = (Some(198), 60, 0, 0);
    (visit.asap.enabled, visit.asap.debounce) = (true, 3);
    visit
}

impl Practice {
    async fn open(ward: &Ward) -> Self {
        let linde = ward.organisation("linde").await;
        let set = ward.house.db.write(linde.id, |tx, here| Box::pin(set_up(tx, *here)));
        let calendars = set.await.expect("calendars");
        let practice = Self { ward: ward.clone(), linde, calendars };
        // What is free from the beginning is no news.
        practice.pass(10).await;
        practice
    }

    fn actor(&self, who: &Somebody) -> Actor {
        Actor {
            person: who.id,
            acting_for: None,
            role: Role::Patient,
            organisation: self.linde.id,
            client: None,
            scopes: Scopes::ALL,
            teams: Arc::new([]),
            origin: self.origin(),
        }
    }

    fn origin(&self) -> Origin {
        Origin { request: RequestId::new(&self.ward.clock, &self.ward.site.rng), address: None, once: None }
    }

    /// Makes the type so.
    async fn changes(&self, change: impl FnOnce(&mut NewType)) {
        let Calendars { doctor, devries, visit: id } = self.calendars;
        let mut new = visit(doctor, devries);
        change(&mut new);
        let changing = self.ward.house.db.write((self.linde.id, id, new), |tx, (here, id, new)| {
            Box::pin(types::change(tx, Author::Operator, *here, *id, new))
        });
        changing.await.expect("a changed type");
    }

    async fn works_on_paper(&self, is_down: bool) {
        let set = self.ward.house.db.write((self.linde.id, is_down), |tx, (here, is_down)| {
            Box::pin(settings::set_downtime(tx, Author::Operator, *here, *is_down))
        });
        set.await.expect("downtime");
    }

    /// The proof of a time that somebody is offered.
    async fn proof(&self, who: &Somebody, at: &str) -> Option<Vec<u8>> {
        self.proof_for(&self.actor(who), at).await
    }

    async fn proof_for(&self, actor: &Actor, at: &str) -> Option<Vec<u8>> {
        let day = wall(at).date();
        let wanted =
            Wanted { category: 53, kind: 198, insurance: 136, days: (day..=day).into(), limit: 1_000 };
        let offering = flows::booking::availabilities(&self.ward.house, actor, &wanted).await;
        let times = offering.expect("times").times;
        times.into_iter().find(|one| one.slot.start_ms == ms(at)).map(|one| one.proof)
    }

    /// Somebody books a time.
    async fn books(&self, who: &Somebody, at: &str) -> AppointmentId {
        let proof = self.proof(who, at).await.unwrap_or_else(|| panic!("{at} is not free"));
        let request = Request { proof, details: Details::default(), asap: false };
        flows::booking::book(&self.ward.house, &self.actor(who), request).await.expect("booked")
    }

    /// A new patient who books a time.
    async fn patient(&self, name: &str, at: &str) -> (Somebody, AppointmentId) {
        let who = self.linde.patient(name).await;
        let id = self.books(&who, at).await;
        self.ward.clock.pass(SignedDuration::from_secs(1));
        (who, id)
    }

    /// A new patient who books a time, and would rather come earlier.
    async fn waits(&self, name: &str, at: &str) -> (Somebody, AppointmentId) {
        let (who, id) = self.patient(name, at).await;
        let email = who.email.clone();
        self.joins(&who, id, &email).await.expect("on the list");
        (who, id)
    }

    async fn joins(&self, who: &Somebody, id: AppointmentId, email: &str) -> Result<()> {
        flows::asap::subscribe(&self.ward.house, &self.actor(who), id, email).await
    }

    async fn cancels(&self, who: &Somebody, id: AppointmentId) {
        flows::booking::cancel(&self.ward.house, &self.actor(who), id, None).await.expect("cancelled");
    }

    async fn moves(&self, who: &Somebody, id: AppointmentId, to: &str) {
        let proof = self.proof(who, to).await.unwrap_or_else(|| panic!("{to} is not free"));
        flows::booking::reschedule(&self.ward.house, &self.actor(who), id, proof).await.expect("moved");
    }

    /// Lets minutes pass, and what is due then be done.
    async fn pass(&self, minutes: i32) {
        self.ward.clock.pass(MINUTE * minutes);
        self.ward.settle().await;
    }

    /// Letters to an address that offer an earlier time, the oldest first.
    async fn offers_to(&self, email: &str) -> Vec<Shown> {
        self.letters_to(email, "asap").await
    }

    async fn letters_to(&self, email: &str, kind: &str) -> Vec<Shown> {
        let found = inbox::newest(&self.ward.house, Some(self.linde.id), Some(email)).await.expect("letters");
        let mut found = found.expect("a sandbox");
        found.retain(|letter| letter.kind == kind);
        found.reverse();
        found
    }

    /// When the one appointment of somebody that counts begins, by the clock on the wall.
    async fn comes(&self, who: &Somebody) -> String {
        let actor = self.actor(who);
        let listed = flows::booking::appointments(&self.ward.house, &actor, Filter::Upcoming, 1, 10);
        let (shown, count) = listed.await.expect("appointments");
        assert_eq!(count, 1, "exactly one appointment");
        shown[0].appointment.start_local.strftime("%Y-%m-%dT%H:%M").to_string()
    }

    /// Lets a week pass, so that nothing is left to be done.
    async fn closes(&self) {
        for _ in 0..3 {
            self.pass(7 * 24 * 60).await;
        }
    }

    fn browser(&self) -> Browser {
        Browser::at(&self.ward.http, &self.ward.url)
    }

    /// They book nothing by themselves from now on.
    async fn blocks(&self, who: &Somebody) {
        let block = self.ward.house.db.write((self.linde.id, who.id), |tx, (here, who)| {
            Box::pin(patients::block(tx, Author::Operator, *here, *who, true))
        });
        block.await.expect("blocked");
    }

    /// Somebody opens the link of a letter, and chooses.
    async fn answers(&self, letter: &Shown, answer: &str) -> Page {
        let mut browser = self.browser();
        let page = browser.open(&link(letter)).await;
        assert_eq!(page.status, 200, "{}", page.text);
        browser.submit(&page, &[("answer", answer)]).await
    }

    /// How many offers are in each state.
    async fn offers(&self) -> Vec<(String, i64)> {
        const STATES: &str =
            "SELECT state, COUNT(*) FROM asap_offers WHERE organisation = $1 GROUP BY state ORDER BY state";
        let states = self.ward.house.db.read(self.linde.id, |tx, here| {
            Box::pin(async move {
                let state = |row: &store::Row<'_>| Ok((row.get::<String>(0)?, row.get::<i64>(1)?));
                tx.all(STATES, &args![here], state).await
            })
        });
        states.await.expect("states")
    }
}

/// A day and a time by the clock on the practice's wall.
fn wall(text: &str) -> DateTime {
    text.parse().expect("a day and a time")
}

fn ms(text: &str) -> i64 {
    let zone = TimeZone::get(ZONE).expect("a zone");
    wall(text).to_zoned(zone).expect("an instant").timestamp().as_millisecond()
}

/// The path of the link by which a letter is answered.
fn link(letter: &Shown) -> String {
    path(letter, "/earlier/")
}

/// The path of the link by which who got a letter leaves the list.
fn way_out(letter: &Shown) -> String {
    path(letter, "/earlier/stop/")
}

fn path(letter: &Shown, to: &str) -> String {
    let found = letter.text.split_whitespace().find(|word| word.starts_with("http") && word.contains(to));
    let found = found.unwrap_or_else(|| panic!("no {to} in {}", letter.text));
    found[found.find(to).expect("it is there")..].to_owned()
}
