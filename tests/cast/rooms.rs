//! What a ward holds, counted: rows, objects on the disk, and lines of the access log.

use std::path::Path;
use std::time::Duration;

use identity::By;
use jiff::SignedDuration;
use kernel::{Actor, OrganisationId, Origin, PersonId, RequestId, Role, Scopes, TeamId};

use super::{Organisation, Somebody, Ward};

const COUNTS: [&str; 5] = [
    "SELECT COUNT(*) FROM chats",
    "SELECT COUNT(*) FROM chat_members WHERE left_ms IS NULL",
    "SELECT COUNT(*) FROM messages WHERE deleted_ms IS NULL",
    "SELECT COUNT(*) FROM files",
    "SELECT COUNT(*) FROM chats WHERE closed_ms IS NOT NULL",
];

/// How much there is of everything that a request may change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inventory {
    /// Chats, members, messages, files, closed chats.
    pub rows: [i64; 5],
    /// Objects in the folder of files, half-written ones included.
    pub objects: usize,
}

impl Ward {
    /// A second goes by, so that no quota is in the way of a story that is not about it.
    pub fn pass_a_second(&self) {
        self.clock.pass(SignedDuration::from_secs(1));
    }

    /// What there is.
    pub async fn inventory(&self) -> Inventory {
        let mut rows = [0; 5];
        for (count, sql) in rows.iter_mut().zip(COUNTS) {
            let read = self.house.db.read(sql, |tx, sql| Box::pin(tx.one(sql, &[], |row| row.get::<i64>(0))));
            *count = read.await.expect("a count").unwrap();
        }
        Inventory { rows, objects: objects(&self.site.folder.join("data/files")) }
    }

    /// Asks for what there is until no half-written object is left of a client that hung up.
    pub async fn calm_inventory(&self, expected: Inventory) -> Inventory {
        let mut found = self.inventory().await;
        for _ in 0..200 {
            if found == expected {
                break;
            }
            let pause = std::future::pending::<()>();
            drop(tokio::time::timeout(Duration::from_millis(25), pause).await);
            found = self.inventory().await;
        }
        found
    }
}

fn objects(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let count = |path: &Path| if path.is_dir() { objects(path) } else { 1 };
    entries.filter_map(Result::ok).map(|entry| count(&entry.path())).sum()
}

impl Organisation {
    /// A team with these people on it.
    pub async fn team(&self, name: &str, people: &[&Somebody]) -> TeamId {
        let people: Vec<PersonId> = people.iter().map(|person| person.id).collect();
        let input = (self.id, name.to_owned(), people);
        let added = self.ward.house.db.write(input, |tx, (organisation, name, people)| {
            Box::pin(async move {
                let team = identity::teams::add(tx, By::Operator, *organisation, name).await?;
                for person in people {
                    identity::teams::add_member(tx, By::Operator, *organisation, team, *person).await?;
                }
                Ok(team)
            })
        });
        added.await.expect("a team")
    }
}

impl Somebody {
    /// Them as the house sees them, for what no wire offers yet.
    pub fn actor(&self, role: Role, teams: &[TeamId]) -> Actor {
        let house = &self.organisation.ward.house;
        let organisation: OrganisationId = self.organisation.id;
        Actor {
            person: self.id,
            acting_for: None,
            role,
            organisation,
            client: None,
            scopes: Scopes::ALL,
            teams: teams.into(),
            origin: Origin { request: RequestId::new(&house.clock, &house.rng), address: None, once: None },
        }
    }

    /// Begins a group that is assigned to a team, with these people in it, and gives its path.
    pub async fn begins_for_team(&self, team: TeamId, subject: &str, members: &[&Somebody]) -> String {
        let draft = messaging::GroupDraft {
            subject: subject.to_owned(),
            team: Some(team),
            ..messaging::GroupDraft::default()
        };
        let members = members.iter().map(|person| person.id).collect();
        let actor = self.actor(Role::Doctor, &[]);
        let begun = flows::chats::begin_group(&self.organisation.ward.house, &actor, draft, members);
        format!("groupchats/{}", begun.await.expect("a group").uuid())
    }
}
