//! Who did what with a person's data, as the person sees it: what others did and what they did themselves stand apart,
//! day by day, and what somebody did over and over on one day is one row.

use std::collections::HashMap;

use audit::{Deed, Edge, Entry, Outcome, Part, Whose};
use axum::response::Response;
use door::pages::{Corner, Page, Spoken, menu, role};
use identity::protocol::form::Form;
use identity::{Language, Organisation, find_people, organisations};
use jiff::tz::TimeZone;
use kernel::{Actor, LineId, PersonId, Result};
use store::Tx;

use crate::refusals::Trouble;
use crate::views;
use crate::visit::{Visit, see};
use crate::words::{self, Words};

const HERE: &str = "/account/log";
/// Lines that a page is made of at most. It holds whole days, unless one day alone has more.
const LINES_MAX: usize = if cfg!(test) { 40 } else { 300 };

/// Lines of whole days, and what is needed to speak of them.
pub(crate) struct Reading {
    organisation: Option<Organisation>,
    lines: Vec<Entry>,
    people: HashMap<PersonId, String>,
    /// Where a page of older lines begins, and one of newer lines.
    older: Option<LineId>,
    newer: Option<LineId>,
}

/// Reads the lines about the actor.
pub(crate) async fn read(tx: &Tx, actor: &Actor, whose: Whose, edge: Edge) -> Result<Reading> {
    let organisation = organisations::find(tx, actor.organisation).await?;
    let zone = zone_of(organisation.as_ref());
    let most = i64::try_from(LINES_MAX + 1).unwrap_or(i64::MAX);
    let mut lines = audit::lines_about(tx, actor, actor.person, Part { whose, edge, most }).await?;
    let day = |line: &Entry| Spoken::date_in(&zone, ms(line));
    let is_cut = whole_days(&mut lines, matches!(edge, Edge::After(_)), day);
    let (has_newer, has_older) = match edge {
        Edge::Newest => (false, is_cut),
        Edge::Before(_) => (true, is_cut),
        Edge::After(_) => (is_cut, true),
    };
    let (first, last) = (lines.first().map(|line| line.id), lines.last().map(|line| line.id));
    let mut ids: Vec<PersonId> =
        lines.iter().flat_map(|line| [line.person, line.acting_for]).flatten().collect();
    ids.sort();
    ids.dedup();
    let people = find_people(tx, actor, &ids).await?;
    Ok(Reading {
        organisation,
        lines,
        people: people.into_iter().map(|person| (person.id, person.full_name())).collect(),
        older: last.filter(|_| has_older),
        newer: first.filter(|_| has_newer),
    })
}

/// Leaves out the day that is not there as a whole, at the far end, when there are more lines than a page has; says
/// whether there are.
fn whole_days<T, D: PartialEq>(lines: &mut Vec<T>, far_end_is_newer: bool, day: impl Fn(&T) -> D) -> bool {
    if lines.len() <= LINES_MAX {
        return false;
    }
    if far_end_is_newer {
        lines.reverse();
    }
    let broken = lines.last().map(&day);
    let whole = lines.iter().take_while(|line| Some(day(line)) != broken).count();
    lines.truncate(if whole == 0 { LINES_MAX } else { whole });
    if far_end_is_newer {
        lines.reverse();
    }
    true
}

const fn ms(line: &Entry) -> i64 {
    line.at_us.div_euclid(1_000)
}

fn zone_of(organisation: Option<&Organisation>) -> TimeZone {
    organisation.and_then(|one| TimeZone::get(&one.time_zone).ok()).unwrap_or(TimeZone::UTC)
}

/// What makes two lines of one day one row.
#[derive(PartialEq, Eq)]
struct Same {
    what: &'static str,
    is_refused: bool,
    person: Option<PersonId>,
    acting_for: Option<PersonId>,
    role: Option<kernel::Role>,
}

impl Reading {
    /// The rows, the newest first.
    pub fn days(&self, language: Language, clock: &kernel::Clock) -> Vec<views::LogDay> {
        let words = words::of(language);
        let spoken = Spoken::new(language, &zone_of(self.organisation.as_ref()), clock);
        let mut days: Vec<views::LogDay> = Vec::new();
        let mut rows: Vec<Same> = Vec::new();
        let mut today = None;
        for line in &self.lines {
            let date = spoken.date(ms(line));
            if today != Some(date) {
                today = Some(date);
                rows.clear();
                days.push(views::LogDay { heading: spoken.day(date), rows: Vec::new() });
            }
            let Some(day) = days.last_mut() else { continue };
            let same = Same::of(line, words);
            if let Some(at) = rows.iter().position(|row| *row == same) {
                day.rows[at].times += 1;
            } else {
                day.rows.push(self.row(line, &same, language, &spoken));
                rows.push(same);
            }
        }
        days
    }

    fn row(&self, line: &Entry, same: &Same, language: Language, spoken: &Spoken) -> views::LogRow {
        let words = words::of(language);
        let name = |person| self.people.get(&person).map_or(words.somebody, String::as_str);
        let as_what = line.role.map(|one| role(language, one));
        let place = self.organisation.as_ref().map(|one| one.name.as_str());
        // Who failed to sign in, or had a letter sent, is nobody that we know.
        let by_strangers = [Deed::SignInRefused, Deed::HalfSignIn, Deed::SignInLetter].map(Some);
        let is_stranger = line.person.is_none() && by_strangers.contains(&line.deed);
        let (nobody, place) =
            if is_stranger { (words.stranger_there, None) } else { (words.somebody, place) };
        let who = [line.person.map_or(nobody, name)].into_iter().chain(as_what).chain(place);
        views::LogRow {
            what: same.what,
            is_refused: same.is_refused,
            times: 1,
            last: spoken.time(ms(line)),
            instant: Spoken::machine(ms(line)),
            who: who.collect::<Vec<_>>().join(", "),
            on_behalf_of: line.acting_for.map(|person| name(person).to_owned()),
        }
    }
}

impl Same {
    fn of(line: &Entry, words: &'static Words) -> Self {
        Self {
            what: line.deed.map_or(words.deed_other, |deed| words::deed(words, deed)),
            is_refused: line.outcome == Some(Outcome::Refused),
            person: line.person,
            acting_for: line.acting_for,
            role: line.role,
        }
    }
}

/// `GET`: a page of the log.
pub(crate) async fn show(visit: Visit) -> Response {
    show_part(&visit).await.unwrap_or_else(|error| Trouble::of(&error).show(&visit))
}

async fn show_part(visit: &Visit) -> Result<Response> {
    let Some(who) = visit.who().await? else { return Ok(see("/login?return=%2Faccount%2Flog")) };
    let (whose, edge) = wanted(&visit.query);
    let input = (who.actor(visit.origin), whose, edge);
    let reading =
        visit.house.read(input, |tx, (actor, whose, edge)| Box::pin(read(tx, actor, *whose, *edge)));
    let reading = reading.await?;
    let language = visit.language(None);
    let words = words::of(language);
    let token = visit.form_token();
    let body = views::Log {
        words,
        is_own: whose == Whose::Own,
        days: reading.days(language, &visit.house.clock),
        older: reading.older.map(|id| address(whose, Edge::Before(id))),
        newer: reading.newer.map(|id| address(whose, Edge::After(id))),
    };
    let here = address(whose, edge);
    let mut page = Page::new(language, words.log, &here);
    page.leave = Some(&token);
    let menu = menu(language, Corner::Account, Some(visit.unread(&who).await?));
    page.menu = &menu;
    page.brand = reading.organisation.as_ref().map_or(page.brand, |organisation| &organisation.name);
    let mut response = page.show(&body);
    visit.keep_language(&mut response);
    Ok(response)
}

/// What the address asks for; what is no line begins at the newest.
fn wanted(query: &Form) -> (Whose, Edge) {
    let line = |name| query.first(name).and_then(LineId::from_hex);
    let whose = if query.first("own").is_some() { Whose::Own } else { Whose::Others };
    let edge = match (line("before"), line("after")) {
        (Some(id), _) => Edge::Before(id),
        (None, Some(id)) => Edge::After(id),
        (None, None) => Edge::Newest,
    };
    (whose, edge)
}

fn address(whose: Whose, edge: Edge) -> String {
    let own = (whose == Whose::Own).then(|| "own=1".to_owned());
    let edge = match edge {
        Edge::Newest => None,
        Edge::Before(id) => Some(format!("before={}", id.hex())),
        Edge::After(id) => Some(format!("after={}", id.hex())),
    };
    let query: Vec<String> = own.into_iter().chain(edge).collect();
    if query.is_empty() { HERE.to_owned() } else { format!("{HERE}?{}", query.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cuts days of so many lines each, the newest first, and says which days are left and how many lines.
    fn cut(days: &[usize], far_end_is_newer: bool) -> (bool, Vec<usize>, usize) {
        let lines = days.iter().enumerate().flat_map(|(day, count)| std::iter::repeat_n(day, *count));
        let mut lines: Vec<usize> = lines.collect();
        let is_cut = whole_days(&mut lines, far_end_is_newer, |day| *day);
        let count = lines.len();
        lines.dedup();
        (is_cut, lines, count)
    }

    #[test]
    fn a_page_holds_whole_days_unless_one_day_is_longer_than_a_page() {
        assert_eq!(cut(&[10, 30], false), (false, vec![0, 1], 40));
        assert_eq!(cut(&[10, 20, 11], false), (true, vec![0, 1], 30));
        assert_eq!(cut(&[11, 20, 10], true), (true, vec![1, 2], 30));
        assert_eq!(cut(&[41], false), (true, vec![0], 40));
        assert_eq!(cut(&[41], true), (true, vec![0], 40));
        assert_eq!(cut(&[], false), (false, vec![], 0));
    }

    #[test]
    fn an_address_leads_back_to_the_part_that_it_was_made_of() {
        let id = LineId::from_bytes([7; 12]);
        for whose in [Whose::Others, Whose::Own] {
            for edge in [Edge::Newest, Edge::Before(id), Edge::After(id)] {
                let address = address(whose, edge);
                let query = address.split_once('?').map_or("", |parts| parts.1);
                assert_eq!(wanted(&Form::parse(query).expect("a query")), (whose, edge), "{address}");
            }
        }
        assert_eq!(wanted(&Form::parse("before=x&after=").expect("a query")), (Whose::Others, Edge::Newest));
    }
}
