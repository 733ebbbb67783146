//! People as others of their organisation see them.

use std::collections::{BTreeMap, HashMap};

use kernel::limits::SEARCH_WORDS_MAX;
use kernel::{Actor, ClientId, OrganisationId, Page, PersonId, Result, Role};
use search::Token;
use store::{Arg, Row, Tx, args};
use vault::{KeyRing, Vault};

use crate::persons::{identifier_place, identifier_row, name_place};
use crate::rows::memberships::role;
use crate::rows::{oversight, persons as rows};
use crate::{Language, aux_ids, guests, invitations, log, memberships};

/// Memberships of a list that is sorted by name: names are sealed, so they are opened and sorted in memory. A longer
/// list is in the order of ids, of which the database gives a page.
const SORTED_MAX: i64 = if cfg!(test) { 50 } else { 5_000 };

/// Memberships of those whose names begin as somebody looks for.
const FOUND_MAX: i64 = 1_000;

/// A person in one organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// What they are spoken to in.
    pub language: Language,
    /// As what; the leading role when they have several.
    pub role: Role,
    /// Their function in their own words; may be empty.
    pub position: String,
    /// Where.
    pub organisation: OrganisationId,
    /// What it is called.
    pub organisation_name: String,
    /// Whether they are there: they came, and did not leave.
    pub active: bool,
    /// Whether they were asked in and have not come yet. They can be written to.
    pub is_pending: bool,
    /// Whether they came by the link of a group, as its guest, rather than as a contact of the organisation.
    pub is_guest_of_chat: bool,
    /// Their e-mail address, when there is one.
    pub email: Option<String>,
    /// What the application calls them through which somebody of the staff asks; not told to others.
    pub aux_id: Option<String>,
    /// What tells their picture from the one before; `None` when they have none.
    pub picture_mark: Option<String>,
}

impl Person {
    /// Both names as one text.
    #[must_use]
    pub fn full_name(&self) -> String {
        let name = format!("{} {}", self.first_name, self.last_name);
        // Who was asked in by an address alone still has to be shown somehow.
        if name.trim().is_empty() { "…".to_owned() } else { name.trim().to_owned() }
    }
}

/// Which people to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PeopleFilter {
    /// Everybody.
    #[default]
    All,
    /// Who works there.
    Staff,
    /// Who receives care there.
    Patients,
}

/// Whom one may write to, and what they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Party {
    /// Who.
    pub person: PersonId,
    /// As what.
    pub role: Role,
}

/// Somebody of the actor's own organisation whom they may find, those who have left included; anybody else does not
/// exist, and guests of a group are found in that group alone. Who turned out to be somebody else is found as that one.
/// That somebody looked for a patient whom they may not find belongs in the access log, too.
pub async fn find_person(tx: &Tx, actor: &Actor, id: PersonId) -> Result<Option<Person>> {
    let find = async |ids: &[PersonId]| -> Result<Option<Person>> {
        Ok(of_ids(tx, actor.organisation, aux_ids::told_to(actor), ids).await?.pop())
    };
    let Some(mut person) = find(&[id]).await? else { return Ok(None) };
    if !person.active && !person.is_pending {
        let now = invitations::now_known_as(tx, actor.organisation, &[id]).await?;
        person = find(&now).await?.unwrap_or(person);
    }
    let is_guest = person.id != actor.person
        && person.role == Role::Guest
        && guests::came_for_a_chat(tx, actor.organisation, person.id).await?;
    if is_guest {
        return Ok(None);
    }
    if Shown::to(tx, actor).await?.has(person.id, person.role) {
        log_reading(tx, actor, std::slice::from_ref(&person)).await?;
        return Ok(Some(person));
    }
    if person.role == Role::Patient {
        log::person_hidden(tx, actor, person.id)?;
    }
    Ok(None)
}

/// Whom an actor may find and write to (docs/access.md, rule 6): staff everybody of their organisation, and patients those who
/// care for them, unless their organisation lets them find everybody, each other included.
struct Shown {
    me: PersonId,
    everybody: bool,
    /// Who came for one chat finds nobody but in it.
    nobody: bool,
}

impl Shown {
    async fn to(tx: &Tx, actor: &Actor) -> Result<Self> {
        let everybody = actor.is_staff() || {
            let sql = crate::rows::organisations::PATIENTS_SEE_PATIENTS;
            tx.one(sql, &args![&actor.organisation], |row| row.get(0)).await?.unwrap_or(false)
        };
        let nobody = guests::is_guest(tx, actor).await?;
        Ok(Self { me: actor.person, everybody: everybody && !nobody, nobody })
    }

    fn has(&self, person: PersonId, role: Role) -> bool {
        self.everybody || person == self.me || (role.is_clinician() && !self.nobody)
    }
}

/// Which memberships a list is made of, besides those of clinicians.
#[derive(Clone, Copy)]
struct Among {
    /// Those of the other staff.
    staff: bool,
    /// Those of patients, guests and partners.
    others: bool,
    /// None but those of patients who are nothing else.
    only_patients: bool,
}

impl Among {
    /// What the actor may find of a list; nothing of some.
    async fn of(tx: &Tx, actor: &Actor, filter: PeopleFilter) -> Result<Option<Self>> {
        let Shown { everybody, nobody, .. } = Shown::to(tx, actor).await?;
        if nobody {
            return Ok(None);
        }
        Ok(match filter {
            PeopleFilter::All => Some(Self { staff: everybody, others: everybody, only_patients: false }),
            PeopleFilter::Staff => Some(Self { staff: everybody, others: false, only_patients: false }),
            // Whom they may not find is no patient to them.
            PeopleFilter::Patients if !everybody => None,
            PeopleFilter::Patients => Some(Self { staff: true, others: true, only_patients: true }),
        })
    }
}

/// Those of `ids` who are, or were, of the actor's own organisation, in the order of `ids`. Who asks has come by the
/// ids through a door, such as that of a chat; anybody else asks [`find_person`].
pub async fn find_people(tx: &Tx, actor: &Actor, ids: &[PersonId]) -> Result<Vec<Person>> {
    let people = of_ids(tx, actor.organisation, aux_ids::told_to(actor), ids).await?;
    log_reading(tx, actor, &people).await?;
    Ok(people)
}

/// Those of `ids` who are, or were, of an organisation, for what its members' live connections are told of a chat that
/// they are in: that is no reading, and leaves no line (docs/access.md, rule 10).
pub async fn people_to_push(tx: &Tx, organisation: OrganisationId, ids: &[PersonId]) -> Result<Vec<Person>> {
    of_ids(tx, organisation, None, ids).await
}

/// Everybody of the actor's organisation who is there now and whom the actor may find, but for the actor. By name as
/// long as the list has no more than 5,000 memberships. A longer list is in the order of ids, which is about the order in
/// which people were added: nobody is left out, and no names are read but those of the page.
pub async fn people_of(tx: &Tx, actor: &Actor, filter: PeopleFilter, page: Page) -> Result<Vec<Person>> {
    listed(tx, actor, filter, actor.person, page).await
}

/// Everybody who works in the actor's organisation and whom the actor may find, the actor included; in the order of
/// [`people_of`].
pub async fn staff_of(tx: &Tx, actor: &Actor, page: Page) -> Result<Vec<Person>> {
    listed(tx, actor, PeopleFilter::Staff, PersonId::from_bytes([0; 12]), page).await
}

/// People of the actor's organisation, but for one.
async fn listed(
    tx: &Tx,
    actor: &Actor,
    filter: PeopleFilter,
    but: PersonId,
    page: Page,
) -> Result<Vec<Person>> {
    let Some(among) = Among::of(tx, actor, filter).await? else { return Ok(Vec::new()) };
    let ids = match by_name(tx, actor, among, but).await? {
        Some(ids) => page.of(ids),
        None => {
            let Among { staff, others, only_patients } = among;
            let (organisation, me) = (&actor.organisation, &but);
            let (size, skip) = (page.size, page.skip);
            let values = args![organisation, tx.now_ms(), me, staff, others, only_patients, size, skip];
            tx.all(rows::IDS, &values, |row| row.get(0)).await?
        }
    };
    let people = of_ids(tx, actor.organisation, aux_ids::told_to(actor), &ids).await?;
    log_reading(tx, actor, &people).await?;
    Ok(people)
}

/// Those of [`people_of`] whose first or last names begin with each of the words looked for, by name. Of more than a
/// thousand only so many are looked at: a further letter finds the others. The search leaves a line without the words.
pub async fn people_called(
    tx: &Tx,
    actor: &Actor,
    filter: PeopleFilter,
    tokens: &[Token],
    page: Page,
) -> Result<Vec<Person>> {
    log::people_searched(tx, actor).await?;
    let Some(Among { staff, others, only_patients }) = Among::of(tx, actor, filter).await? else {
        return Ok(Vec::new());
    };
    let first = tokens.first().filter(|_| tokens.len() <= SEARCH_WORDS_MAX);
    let first = first.ok_or_else(|| kernel::Error::bug("a name of one to eight words"))?;
    let now = tx.now_ms();
    let mut values =
        args![&actor.organisation, now, &actor.person, staff, others, only_patients, FOUND_MAX].to_vec();
    let filling = std::iter::repeat_n(first, SEARCH_WORDS_MAX - tokens.len());
    values.extend(tokens.iter().chain(filling).map(Arg::from));
    let ids = page.of(sorted(tx, tx.all(rows::NAMES_FOUND, &values, sealed_names).await?)?);
    let people = of_ids(tx, actor.organisation, aux_ids::told_to(actor), &ids).await?;
    log_reading(tx, actor, &people).await?;
    Ok(people)
}

/// Everybody who has a place in the actor's organisation now, those who are disabled too, in the order of ids: for
/// who administers it.
pub async fn roster(tx: &Tx, actor: &Actor, page: Page) -> Result<Vec<Person>> {
    let values = args![&actor.organisation, tx.now_ms(), page.size, page.skip];
    let ids = tx.all(rows::ROSTER, &values, |row| row.get(0)).await?;
    let people = of_ids(tx, actor.organisation, aux_ids::told_to(actor), &ids).await?;
    log_reading(tx, actor, &people).await?;
    Ok(people)
}

/// Those of [`roster`] who are shut out.
pub async fn shut_out(tx: &Tx, actor: &Actor, page: Page) -> Result<Vec<Person>> {
    let values = args![&actor.organisation, tx.now_ms(), page.size, page.skip];
    let ids = tx.all(oversight::SHUT_OUT, &values, |row| row.get(0)).await?;
    let people = of_ids(tx, actor.organisation, aux_ids::told_to(actor), &ids).await?;
    log_reading(tx, actor, &people).await?;
    Ok(people)
}

/// The ids of a whole list by name, unless it is too long for that.
async fn by_name(tx: &Tx, actor: &Actor, among: Among, but: PersonId) -> Result<Option<Vec<PersonId>>> {
    let Among { staff, others, only_patients } = among;
    let (organisation, me) = (&actor.organisation, &but);
    let probe = args![organisation, tx.now_ms(), me, staff, others, only_patients, 1, SORTED_MAX];
    if tx.one(rows::IS_LONGER, &probe, |row| row.get::<PersonId>(0)).await?.is_some() {
        return Ok(None);
    }
    let values = args![organisation, tx.now_ms(), me, staff, others, only_patients, SORTED_MAX + 1];
    let sealed = tx.all(rows::NAMES, &values, sealed_names).await?;
    // Somebody may have come between the two statements.
    if i64::try_from(sealed.len()).is_ok_and(|rows| rows > SORTED_MAX) {
        return Ok(None);
    }
    sorted(tx, sealed).map(Some)
}

/// Somebody with their sealed names.
type Sealed = (PersonId, Vec<u8>, Vec<u8>);

fn sealed_names(row: &Row<'_>) -> Result<Sealed> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

/// The ids, each once, in the order of their names.
fn sorted(tx: &Tx, mut sealed: Vec<Sealed>) -> Result<Vec<PersonId>> {
    let ring = tx.tool::<Vault>()?.house();
    sealed.dedup_by_key(|one| one.0);
    let open = |(id, first, last): Sealed| {
        let name = |column, sealed: &[u8]| ring.open_text(name_place(column, &id), sealed);
        Ok((name("last_name", &last)?.to_lowercase(), name("first_name", &first)?.to_lowercase(), id))
    };
    let mut names = sealed.into_iter().map(open).collect::<Result<Vec<_>>>()?;
    names.sort();
    Ok(names.into_iter().map(|(_, _, id)| id).collect())
}

/// People of an organisation, those who have left included, in the order of their ids given, with what an application
/// calls them.
async fn of_ids(
    tx: &Tx,
    organisation: OrganisationId,
    client: Option<ClientId>,
    ids: &[PersonId],
) -> Result<Vec<Person>> {
    let (now, ring) = (tx.now_ms(), tx.tool::<Vault>()?.house());
    let rest = args![&organisation, now, client.as_ref()];
    let found = tx.all_of(rows::FIND_PEOPLE, ids, &rest, move |row| person(row, &ring, now, client));
    let found = found.await?;
    let mut by_id: HashMap<PersonId, Person> =
        together(found).into_iter().map(|person| (person.id, person)).collect();
    Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
}

/// Whether the actor may begin to write to somebody, and what that person is: staff to everybody of their organisation,
/// patients to clinicians, and to everybody where their organisation lets them. Whoever wrote to them first is answered
/// in the conversation that there is. What a team or a clinician accepts (docs/access.md, rule 6) will be asked here, too.
pub async fn may_write_to(tx: &Tx, actor: &Actor, peer: PersonId) -> Result<Option<Party>> {
    Ok(may_write_to_these(tx, actor, &[peer]).await?.pop())
}

/// Those of `peers` whom the actor may write to, as [`may_write_to`] says of one.
pub async fn may_write_to_these(tx: &Tx, actor: &Actor, peers: &[PersonId]) -> Result<Vec<Party>> {
    let mut parties = leading(tx, actor.organisation, rows::PARTIES, peers).await?;
    parties.retain(|party| party.person != actor.person);
    if parties.is_empty() {
        return Ok(Vec::new());
    }
    let shown = Shown::to(tx, actor).await?;
    parties.retain(|party| shown.has(party.person, party.role));
    Ok(parties)
}

/// Those of these people who are there now, as what they are: nobody who was asked in and has not come.
pub async fn present(tx: &Tx, organisation: OrganisationId, ids: &[PersonId]) -> Result<Vec<Party>> {
    leading(tx, organisation, rows::PRESENT, ids).await
}

/// People with the role of theirs that speaks, of those that a statement finds.
async fn leading(
    tx: &Tx,
    organisation: OrganisationId,
    sql: &'static str,
    ids: &[PersonId],
) -> Result<Vec<Party>> {
    let rest = args![&organisation, tx.now_ms()];
    let rows = tx.all_of(sql, ids, &rest, |row| Ok((row.get(0)?, role(&row.get::<String>(1)?)?)));
    let mut roles: BTreeMap<PersonId, Vec<Role>> = BTreeMap::new();
    for (person, role) in rows.await? {
        roles.entry(person).or_default().push(role);
    }
    let leading = roles.iter().filter_map(|(person, roles)| {
        memberships::leading(roles).map(|role| Party { person: *person, role })
    });
    Ok(leading.collect())
}

/// Whether the actor may begin a conversation about somebody who is not in it: a patient whom they may write to.
pub async fn may_write_about(tx: &Tx, actor: &Actor, person: PersonId) -> Result<bool> {
    let party = may_write_to(tx, actor, person).await?;
    Ok(party.is_some_and(|party| party.role == Role::Patient))
}

/// That a patient's name was shown to somebody else belongs in the access log.
async fn log_reading(tx: &Tx, actor: &Actor, people: &[Person]) -> Result<()> {
    let patients = people.iter().filter(|person| person.role == Role::Patient && person.id != actor.person);
    for patient in patients {
        log::person_read(tx, actor, patient.id).await?;
    }
    Ok(())
}

fn person(row: &Row<'_>, ring: &KeyRing, now_ms: i64, client: Option<ClientId>) -> Result<Person> {
    let id: PersonId = row.get(0)?;
    let name = |column, index| ring.open_text(name_place(column, &id), &row.get::<Vec<u8>>(index)?);
    let left = row.get::<Option<i64>>(7)?.is_some_and(|end_ms| end_ms <= now_ms);
    let is_pending: bool = row.get(14)?;
    let email = match (row.get::<Option<Vec<u8>>>(10)?, row.get::<Option<Vec<u8>>>(11)?) {
        (Some(hash), Some(sealed)) => {
            let hash = <[u8; 32]>::try_from(hash).map_err(|_| kernel::Error::bug("a hash of 32 bytes"))?;
            Some(ring.open_text(identifier_place(&identifier_row(id, &hash)), &sealed)?)
        }
        _ => None,
    };
    Ok(Person {
        id,
        first_name: name("first_name", 1)?,
        last_name: name("last_name", 2)?,
        language: Language::of_tag(&row.get::<String>(3)?).unwrap_or_default(),
        role: role(&row.get::<String>(5)?)?,
        position: row.get(6)?,
        organisation: row.get(8)?,
        organisation_name: row.get(9)?,
        active: !left && !is_pending && row.get::<Option<i64>>(4)?.is_none(),
        is_pending: is_pending && !left,
        is_guest_of_chat: row.get(15)?,
        email,
        aux_id: match (client, row.get::<Option<Vec<u8>>>(12)?) {
            (Some(client), Some(sealed)) => Some(aux_ids::open(ring, (client, row.get(8)?, id), &sealed)?),
            _ => None,
        },
        picture_mark: row.get(13)?,
    })
}

/// One person for each, though there is a row for each of their roles (and e-mail addresses): of the roles that
/// stand the leading one, else of those that ended.
fn together(rows: Vec<Person>) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    let mut at: HashMap<PersonId, usize> = HashMap::new();
    for row in rows {
        match at.get(&row.id) {
            None => {
                at.insert(row.id, people.len());
                people.push(row);
            }
            Some(&index) if speaks_before(&row, &people[index]) => people[index] = row,
            Some(_) => {}
        }
    }
    people
}

fn speaks_before(one: &Person, other: &Person) -> bool {
    let there = |person: &Person| (person.active, person.is_pending);
    if there(one) != there(other) {
        return there(one) > there(other);
    }
    one.role != other.role && memberships::leading(&[one.role, other.role]) == Some(one.role)
}
