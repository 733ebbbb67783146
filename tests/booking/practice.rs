//! A practice whose calendars many want something of at once. Its house can fall over and open again on the same data.

use std::sync::Arc;

use bedside::config::Config;
use bedside::house::{self, Background};
use booking::access::{self, Right};
use booking::appointments::Details;
use booking::asap::{self, Subscription};
use booking::availability::{self, Availability};
use booking::desk;
use booking::setup::categories::{self, NewCategory};
use booking::setup::institutions::{self, NewInstitution};
use booking::setup::resources::{self, NewResource};
use booking::setup::types::{self, NewType};
use booking::setup::{Author, insurances};
use booking::{Asap, InsuranceKind, Number, ResourceKind, Strategy, Weekly};
use flows::House;
use flows::booking::{Offered, Request, Wanted};
use flows::mail::inbox::{self, Shown};
use futures_util::future::join_all;
use identity::organisations::NewOrganisation;
use identity::persons::NewPerson;
use identity::{By, memberships};
use jiff::civil::Date;
use kernel::{
    Actor, AppointmentId, AppointmentTypeId, OrganisationId, Origin, PersonId, RequestId, ResourceId, Result,
    Role, Scopes,
};
use store::{Place, Tx, scratch};
use testkit::Site;
use tokio::task::JoinHandle;

const ZONE: &str = "Europe/Amsterdam";

/// The types that the practice has, by what they need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Twenty minutes with the doctor.
    Consultation,
    /// Half an hour with the doctor, a quarter of an hour before and after it: over several consultations.
    Long,
    /// Forty minutes with either practitioner, and the room.
    Treatment,
    /// An hour with the nurse and the room, for three together.
    Course,
    /// Twenty minutes with the nurse, once the desk has said yes.
    Asked,
}

impl Kind {
    pub const ALL: [Self; 5] = [Self::Consultation, Self::Long, Self::Treatment, Self::Course, Self::Asked];
}

/// A type, as the practice and as its patients know it.
#[derive(Clone, Copy, Debug)]
pub struct Known {
    pub id: AppointmentTypeId,
    pub number: Number,
    pub category: Number,
}

/// The practice.
pub struct Practice {
    pub site: Site,
    pub house: House,
    background: Background,
    pub id: OrganisationId,
    pub desk: Actor,
    kinds: [Known; 5],
    /// The doctor, the nurse and the room.
    pub resources: [ResourceId; 3],
}

/// A house on what lies at this site.
async fn open(site: &Site) -> (House, Background) {
    let mut config = Config::default();
    config.store.data = site.folder.join("data");
    config.keys.master_key_file = Some(site.folder.join("master.key"));
    if let Place::Url(url) = &site.place {
        config.store.database_url = serde_json::from_value(serde_json::json!(url)).expect("a secret");
    }
    let settings = house::settings(&config, "http://localhost:9".to_owned(), false);
    let opened = house::open(&config, settings, site.clock.clone(), site.rng.clone()).await;
    opened.expect("a house")
}

impl Practice {
    pub async fn open(site: Site) -> Self {
        let (house, background) = open(&site).await;
        let made = house.db.write((), |tx, ()| Box::pin(set_up(tx))).await;
        let (id, kinds, resources) = made.expect("a practice");
        house.vault.ring_of(&house.db, id).await.expect("keys");
        let desk = actor(&site, id, Role::Assistant);
        Self { site, house, background, id, desk, kinds, resources }
    }

    /// The house falls over, with whatever it has in hand, and another opens on what lies there once nobody of it is
    /// left. A transaction on a server goes on when its caller is gone, so there it is the server that cuts it off.
    pub async fn fall_over(self, in_hand: Vec<JoinHandle<()>>) -> Self {
        let Self { site, house, background, .. } = self;
        match &site.place {
            Place::File(_) => in_hand.iter().for_each(JoinHandle::abort),
            Place::Url(url) => {
                let (_, database) = url.rsplit_once('/').expect("a database");
                scratch::end_backends(url, database).await.expect("they end");
            }
        }
        join_all(in_hand).await;
        drop((house, background));
        let (house, background) = open(&site).await;
        Self { site, house, background, ..self }
    }

    pub async fn close(self) {
        self.background.stop().await.expect("the house closes");
    }

    pub fn known(&self, kind: Kind) -> Known {
        self.kinds[kind as usize]
    }

    /// Somebody new, who is a patient.
    pub async fn patient(&self) -> Actor {
        let person = NewPerson {
            first_name: "Anna".to_owned(),
            last_name: "de Boer".to_owned(),
            language: identity::Language::Nl,
            identifiers: Vec::new(),
        };
        let sealed = person.seal(&self.house.vault, &self.site.clock, &self.site.rng).expect("a person");
        let adding = self.house.db.write((self.id, sealed), |tx, (here, sealed)| {
            Box::pin(async move {
                let id = identity::persons::add(tx, By::Operator, *here, sealed).await?;
                memberships::add(tx, By::Operator, *here, id, Role::Patient, "").await?;
                Ok(id)
            })
        });
        let person = adding.await.expect("a patient");
        Actor { person, ..actor(&self.site, self.id, Role::Patient) }
    }

    /// What somebody is shown on these days.
    pub async fn listed(&self, who: &Actor, kind: Kind, (first, last): (Date, Date)) -> Vec<Offered> {
        let Known { number, category, .. } = self.known(kind);
        let days = (first..=last).into();
        let wanted = Wanted { category, kind: number, insurance: 136, days, limit: usize::MAX };
        flows::booking::availabilities(&self.house, who, &wanted).await.expect("a listing").times
    }

    /// The same offer, made to somebody else.
    pub async fn made_to(&self, who: &Actor, offered: &Offered) -> Vec<u8> {
        let house = &self.house;
        let ring = house.vault.ring_of(&house.db, self.id).await.expect("keys");
        let offer = availability::open(&ring, self.id, &offered.proof);
        let offer = Availability {
            patient: who.person,
            jti: availability::jti(&house.rng),
            ..offer.expect("an offer")
        };
        availability::seal(&ring, self.id, &offer)
    }

    /// The desk gives somebody an appointment.
    pub async fn given(&self, who: &Actor, kind: Kind, start_ms: i64) -> AppointmentId {
        let input = (self.desk.clone(), super::rush::order(self, who, (kind, start_ms, false)).await);
        let made = self.house.db.write(input, |tx, (desk, order)| Box::pin(desk::create(tx, desk, order)));
        made.await.expect("it is free").id
    }

    /// Somebody would come earlier, and hears of it at an address that is known to be theirs.
    pub async fn joins(&self, who: &Actor, id: AppointmentId, email: &str) -> Result<Subscription> {
        let house = &self.house;
        let ring = house.vault.ring_of(&house.db, self.id).await.expect("keys");
        let email = asap::seal_email(&ring, &house.clock, &house.rng, email, true);
        let joined = house.db.write((who.clone(), id, email), |tx, (who, id, email)| {
            Box::pin(async move {
                let open = access::open(tx, who, *id, Right::Change).await?;
                asap::subscribe(tx, &open, email).await
            })
        });
        joined.await
    }

    pub async fn does_what_is_due(&self) {
        let worker = flows::duties::worker(&self.house);
        while worker.do_due().await.expect("jobs are done") > 0 {}
    }

    /// Letters that offer something earlier: all of them, or those to one address.
    pub async fn offers_to(&self, email: Option<&str>) -> Vec<Shown> {
        let found = inbox::newest(&self.house, Some(self.id), email).await.expect("letters");
        let mut found = found.expect("a sandbox");
        found.retain(|letter| letter.kind == "asap");
        found
    }

    /// What takes each of the practice's resources: whose, lane, from and until.
    pub async fn taken(&self) -> Vec<([u8; 12], i64, i64, i64)> {
        const TAKEN: &str =
            "SELECT taken, lane, from_ms, until_ms FROM occupancy ORDER BY taken, lane, from_ms";
        let reading = self.house.db.read((), |tx, ()| {
            Box::pin(async move {
                let row = |row: &store::Row<'_>| {
                    Ok((row.get::<[u8; 12]>(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
                };
                tx.all(TAKEN, &[], row).await
            })
        });
        reading.await.expect("rows")
    }

    /// Whoever and whatever is taken is so once at a time, in each lane.
    pub async fn is_sound(&self) {
        let taken = self.taken().await;
        for pair in taken.windows(2) {
            let ((whose, lane, _, until), (next, of, from, _)) = (pair[0], pair[1]);
            assert!((whose, lane) != (next, of) || until <= from, "taken twice: {pair:?}");
        }
        const SEATS: &str =
            "SELECT COUNT(*) FROM gatherings g WHERE g.taken <> (SELECT COUNT(*) FROM appointments a
            WHERE a.gathering = g.id AND a.state <> 'cancelled')";
        assert_eq!(self.number(SEATS).await, 0, "seats are counted as they are taken");
        const BARE: &str = "SELECT COUNT(*) FROM appointments a WHERE a.state <> 'cancelled' AND NOT EXISTS (
            SELECT o.id FROM occupancy o WHERE o.appointment = a.id OR o.gathering = a.gathering)";
        assert_eq!(self.number(BARE).await, 0, "what counts takes its time");
        const LEFT: &str = "SELECT COUNT(*) FROM occupancy o JOIN appointments a ON a.id = o.appointment
            WHERE a.state = 'cancelled'";
        assert_eq!(self.number(LEFT).await, 0, "what was cancelled takes nothing");
    }

    /// How many lines the access log has for this reason.
    pub async fn lines(&self, reason: &'static str) -> i64 {
        self.house.log.flush().await.expect("the log is written");
        let counting = self.house.db.read(reason, |tx, reason| {
            let sql = "SELECT COUNT(*) FROM audit_lines WHERE reason = $1";
            Box::pin(async move { tx.one(sql, &store::args![*reason], |row| row.get::<i64>(0)).await })
        });
        counting.await.expect("lines").expect("a count")
    }

    pub async fn number(&self, sql: &'static str) -> i64 {
        let counting = self.house.db.read(sql, |tx, sql| Box::pin(tx.one(sql, &[], |row| row.get::<i64>(0))));
        counting.await.expect("an answer").expect("a number")
    }
}

/// What a letter's link below this path holds.
pub fn token(letter: &Shown, path: &str) -> String {
    let words = letter.text.split_whitespace().filter_map(|word| word.split_once(path));
    let found = words.map(|(_, token)| token).find(|token| !token.contains('/'));
    found.unwrap_or_else(|| panic!("no {path} in {}", letter.text)).to_owned()
}

/// A request to book what this proves.
pub fn request(proof: Vec<u8>) -> Request {
    Request { proof, details: Details::default(), asap: false }
}

fn actor(site: &Site, organisation: OrganisationId, role: Role) -> Actor {
    Actor {
        person: PersonId::new(&site.clock, &site.rng),
        acting_for: None,
        role,
        organisation,
        client: None,
        scopes: Scopes::ALL,
        teams: Arc::new([]),
        origin: Origin { request: RequestId::new(&site.clock, &site.rng), address: None, once: None },
    }
}

type SetUp = (OrganisationId, [Known; 5], [ResourceId; 3]);

async fn set_up(tx: &Tx) -> Result<SetUp> {
    let new = NewOrganisation {
        slug: "linde".to_owned(),
        name: "Praktijk De Linde".to_owned(),
        time_zone: ZONE.to_owned(),
        languages: vec![identity::Language::Nl],
        sandbox: true,
        patients_see_patients: false,
        staff_invite_coworkers: false,
        identifiers: Vec::new(),
    };
    let here = identity::organisations::add(tx, By::Operator, &new).await?;
    let by = Author::Operator;
    let linde = institutions::add(tx, by, here, &NewInstitution::named("De Linde", ZONE)).await?;
    insurances::add(tx, by, here, Some(136), "By law", InsuranceKind::Statutory).await?;
    let mut made = Vec::new();
    for (kind, name) in [
        (ResourceKind::Practitioner, "Doctor"),
        (ResourceKind::Practitioner, "Nurse"),
        (ResourceKind::Room, "Room"),
    ] {
        let new = NewResource { institution: linde, kind, name: name.to_owned(), person: None };
        let id = resources::add(tx, by, here, &new).await?;
        resources::set_hours(tx, by, here, id, &each_day(8, 20)).await?;
        made.push(id);
    }
    let [doctor, nurse, room] = made[..] else { unreachable!("three were made") };
    let category = categories::add(tx, by, here, &NewCategory::named(linde, "Everybody")).await?;
    let number = categories::find(tx, here, category).await?.expect("a category").number;
    let free = |new: NewType| NewType { notice: 0, cancel: 0, reschedule: 0, grid: 20, ..new };
    let waits =
        |new: NewType, strategy| NewType { asap: Asap { enabled: true, strategy, ..new.asap }, ..new };
    let parts = [
        waits(NewType::named(category, "Consultation", 20, vec![doctor]), Strategy::Broadcast),
        NewType { buffers: (15, 15), ..NewType::named(category, "Long", 30, vec![doctor]) },
        waits(
            NewType {
                parts: vec![vec![doctor, nurse], vec![room]],
                ..NewType::named(category, "Treatment", 40, vec![])
            },
            Strategy::Sequential,
        ),
        NewType {
            parts: vec![vec![nurse], vec![room]],
            capacity: 3,
            ..NewType::named(category, "Course", 60, vec![])
        },
        NewType { needs_confirmation: true, ..NewType::named(category, "Asked", 20, vec![nurse]) },
    ];
    let mut kinds = Vec::new();
    for new in parts {
        let id = types::add(tx, by, here, &free(new)).await?;
        let kind = types::find(tx, here, id).await?.expect("a type");
        kinds.push(Known { id, number: kind.number, category: number });
    }
    let kinds = kinds.try_into().expect("as many were made");
    Ok((here, kinds, [doctor, nurse, room]))
}

/// Every day between these hours.
pub fn each_day(from: i16, until: i16) -> Vec<Weekly> {
    let day =
        |weekday| Weekly { weekday, from: from * 60, until: until * 60, first_day: None, last_day: None };
    (1..=7).map(day).collect()
}
