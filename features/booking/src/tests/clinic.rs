//! A practice with two doctors, a room and what can be booked with them, for the stories of this crate.
//!
//! It is Monday 2 March 2026, 9:00 in Amsterdam. Both doctors and the room are there on weekdays from 9:00 to 12:00 and from
//! 13:00 to 17:00.

use std::sync::Arc;

use audit::{Company, Log};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use kernel::{
    Actor, AppointmentId, AppointmentTypeId, CategoryId, InstitutionId, InsuranceId, OrganisationId, Origin,
    PersonId, RequestId, ResourceId, Result, Role, Scopes,
};
use store::{Statement, Tx, args};
use testkit::Ground;
use vault::{KeyRing, MasterKeys, Vault};

use crate::calendar::Span;
use crate::facts::{self, Found, Question};
use crate::model::{InsuranceKind, ResourceKind, Weekly};
use crate::setup::categories::{self, NewCategory};
use crate::setup::institutions::{self, NewInstitution};
use crate::setup::resources::{self, NewResource};
use crate::setup::types::{self, NewType};
use crate::setup::{Author, insurances};

/// The zone of the practice.
pub const ZONE: &str = "Europe/Amsterdam";

/// The practice, its people and what can be booked there.
pub struct Clinic {
    pub ground: Ground,
    pub ring: Arc<KeyRing>,
    pub here: OrganisationId,
    /// A patient, another, and one of another practice.
    pub anna: Actor,
    pub bram: Actor,
    pub stranger: Actor,
    /// A doctor, whoever sits at the desk, and the administrator.
    pub devries: Actor,
    pub els: Actor,
    pub beheer: Actor,
    pub calendars: Calendars,
}

/// What there is to book.
#[derive(Clone, Copy, Debug)]
pub struct Calendars {
    pub linde: InstitutionId,
    /// Statutory, number 136, and private, number 137.
    pub statutory: InsuranceId,
    pub private: InsuranceId,
    /// Two practitioners and a room.
    pub devries: ResourceId,
    pub jansen: ResourceId,
    pub room: ResourceId,
    /// Dr. de Vries, who is one person, and the practice's nurses.
    pub doctor: CategoryId,
    pub nurses: CategoryId,
    /// 20 minutes with Dr. de Vries, with a waiting list, to be cancelled and moved until it starts.
    pub consultation: AppointmentTypeId,
    /// 30 minutes with either doctor and the room.
    pub treatment: AppointmentTypeId,
    /// An hour with Jansen and the room, for six together.
    pub course: AppointmentTypeId,
}

impl Clinic {
    pub async fn open(ground: Ground) -> Self {
        let (here, elsewhere) = (organisation(&ground).await, organisation(&ground).await);
        let ring = vault(&ground).await.ring_of(&ground.db, here).await.expect("keys");
        let calendars =
            ground.db.write(here, |tx, here| Box::pin(set_up(tx, *here))).await.expect("calendars");
        let actor = |organisation, role| actor(&ground, organisation, role);
        Self {
            here,
            ring,
            anna: actor(here, Role::Patient),
            bram: actor(here, Role::Patient),
            stranger: actor(elsewhere, Role::Patient),
            devries: actor(here, Role::Doctor),
            els: actor(here, Role::Assistant),
            beheer: actor(here, Role::Administrator),
            calendars,
            ground,
        }
    }

    /// Somebody new of this role here.
    pub fn another(&self, role: Role) -> Actor {
        actor(&self.ground, self.here, role)
    }

    /// Adds a type.
    pub async fn offer(&self, new: NewType) -> AppointmentTypeId {
        let adding = self.ground.db.write((self.here, new), |tx, (here, new)| {
            Box::pin(types::add(tx, Author::Operator, *here, new))
        });
        adding.await.expect("a type")
    }

    /// Adds a room.
    pub async fn another_room(&self) -> ResourceId {
        let input = (self.here, self.calendars.linde);
        let adding = self.ground.db.write(input, |tx, (here, linde)| {
            Box::pin(resource(tx, *here, *linde, ResourceKind::Room, "Another room"))
        });
        adding.await.expect("a room")
    }

    /// Makes a type so.
    pub async fn change(&self, id: AppointmentTypeId, new: NewType) {
        let changing = self.ground.db.write((self.here, id, new), |tx, (here, id, new)| {
            Box::pin(types::change(tx, Author::Operator, *here, *id, new))
        });
        changing.await.expect("a changed type");
    }

    /// What somebody asks for, who is insured by law, on these days.
    pub fn asks(&self, patient: &Actor, kind: AppointmentTypeId, first: Date, last: Date) -> Question {
        Question {
            kind,
            patient: patient.person,
            insurance: Some(self.calendars.statutory),
            born_on: None,
            days: first..=last,
            moves: None,
            hold: None,
        }
    }

    /// What decides.
    pub async fn found(&self, question: Question) -> Result<Found> {
        let asked = (self.here, question);
        let loading = self.ground.db.read(asked, |tx, (here, asked)| Box::pin(facts::load(tx, *here, asked)));
        loading.await
    }

    /// Somebody or something is taken for a time, by an appointment that is nowhere else.
    pub async fn takes(&self, whom: [u8; 12], (from, until): (DateTime, DateTime)) -> AppointmentId {
        const TAKE: &str = "
            INSERT INTO occupancy (id, organisation, taken, lane, from_ms, until_ms, appointment)
            VALUES ($1, $2, $3, 0, $4, $5, $1)";
        let (from, until) = (at(from), at(until));
        let taking = self.ground.db.write((self.here, whom), move |tx, (here, whom)| {
            Box::pin(async move {
                let id: AppointmentId = tx.new_id();
                tx.run(TAKE, &args![&id, here, whom, from, until]).await?;
                Ok(id)
            })
        });
        taking.await.expect("a time that is taken")
    }

    /// Forgets the jobs that wait: this story is not about them.
    pub async fn forget_jobs(&self) {
        const FORGET: &str = "DELETE FROM jobs WHERE state = 'waiting'";
        self.ground.db.run_alone(Statement::new(FORGET, &[])).await.expect("jobs are forgotten");
    }
}

impl Found {
    /// What appointments take of a resource on these days.
    pub fn booked(&self, resource: ResourceId, (first, last): (Date, Date)) -> Vec<Span> {
        let days = Span { from_ms: at(first.at(0, 0, 0, 0)), until_ms: at(last.at(23, 59, 0, 0)) };
        self.facts.booked[&resource].iter().copied().filter(|span| span.overlaps(days)).collect()
    }
}

/// The instant at which the clock on the practice's wall says so.
pub fn at(wall: DateTime) -> i64 {
    let zone = TimeZone::get(ZONE).expect("a zone");
    wall.to_zoned(zone).expect("an instant").timestamp().as_millisecond()
}

/// Weekdays from 9:00 to 12:00 and from 13:00 to 17:00.
pub fn office_hours() -> Vec<Weekly> {
    let day = |weekday| {
        [(540, 720), (780, 1_020)].map(|(from, until)| Weekly {
            weekday,
            from,
            until,
            first_day: None,
            last_day: None,
        })
    };
    (1..=5).flat_map(day).collect()
}

async fn set_up(tx: &Tx, here: OrganisationId) -> Result<Calendars> {
    let by = Author::Operator;
    let linde = institutions::add(tx, by, here, &NewInstitution::named("De Linde", ZONE)).await?;
    let statutory = insurances::add(tx, by, here, Some(136), "By law", InsuranceKind::Statutory).await?;
    let private = insurances::add(tx, by, here, None, "Private", InsuranceKind::Private).await?;
    let devries = resource(tx, here, linde, ResourceKind::Practitioner, "Dr. de Vries").await?;
    let jansen = resource(tx, here, linde, ResourceKind::Practitioner, "Jansen").await?;
    let room = resource(tx, here, linde, ResourceKind::Room, "Room 1").await?;
    let doctor = NewCategory { is_person: true, ..NewCategory::named(linde, "Dr. de Vries") };
    let doctor = categories::add(tx, by, here, &doctor).await?;
    let nurses = categories::add(tx, by, here, &NewCategory::named(linde, "Nurses")).await?;
    let mut consultation = NewType::named(doctor, "Consultation", 20, vec![devries]);
    (consultation.cancel, consultation.reschedule, consultation.asap.enabled) = (0, 0, true);
    let treatment = NewType {
        parts: vec![vec![devries, jansen], vec![room]],
        ..NewType::named(nurses, "Treatment", 30, vec![])
    };
    let course = NewType {
        parts: vec![vec![jansen], vec![room]],
        capacity: 6,
        ..NewType::named(nurses, "Course", 60, vec![])
    };
    Ok(Calendars {
        linde,
        statutory,
        private,
        devries,
        jansen,
        room,
        doctor,
        nurses,
        consultation: types::add(tx, by, here, &consultation).await?,
        treatment: types::add(tx, by, here, &treatment).await?,
        course: types::add(tx, by, here, &course).await?,
    })
}

async fn resource(
    tx: &Tx,
    here: OrganisationId,
    institution: InstitutionId,
    kind: ResourceKind,
    name: &str,
) -> Result<ResourceId> {
    let new = NewResource { institution, kind, name: name.to_owned(), person: None };
    let id = resources::add(tx, Author::Operator, here, &new).await?;
    resources::set_hours(tx, Author::Operator, here, id, &office_hours()).await?;
    Ok(id)
}

fn actor(ground: &Ground, organisation: OrganisationId, role: Role) -> Actor {
    Actor {
        person: PersonId::new(&ground.clock, &ground.rng),
        acting_for: None,
        role,
        organisation,
        client: None,
        scopes: Scopes::ALL,
        teams: Arc::new([]),
        origin: Origin { request: RequestId::new(&ground.clock, &ground.rng), address: None, once: None },
    }
}

/// The vault and the log, opened when the ground does not lend them.
async fn vault(ground: &Ground) -> Vault {
    let lent = ground.db.read((), |tx, ()| Box::pin(async move { Ok(tx.tool::<Vault>().ok().cloned()) }));
    if let Some(vault) = lent.await.expect("an answer") {
        return vault;
    }
    let master =
        MasterKeys::from_file_or_new(&ground.folder.join("master.key"), &ground.rng).expect("a master key");
    let vault = Vault::open(&ground.db, master).await.expect("a vault");
    // Kept by whom it is lent to: nobody else has it.
    ground.db.lend(facts::Recollection::default());
    ground.db.lend(Log::start(&ground.db, &vault, Company::Alone).await.expect("a log"));
    vault
}

async fn organisation(ground: &Ground) -> OrganisationId {
    let (vault, id) = (vault(ground).await, OrganisationId::new(&ground.clock, &ground.rng));
    let making = ground
        .db
        .write(id, |tx, id| Box::pin(async move { tx.tool::<Vault>()?.add_keys_for(tx, Some(*id)).await }));
    making.await.expect("keys of the organisation");
    vault.ring_of(&ground.db, id).await.expect("keys at hand");
    id
}
