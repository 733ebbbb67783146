//! The list of a day to be printed: in large letters, black on white, with room to write.

use booking::State;
use identity::Language;
use kernel::Result;
use paper::{About, Paper, Style};

use super::day::Day;
use super::dressing::Shown;
use super::words::{self, Words};
use crate::export::fill;
use crate::export::press::{self, Press};

const TIME: Style = Style { size: 14.0, is_bold: true, grey: 0, indent: 0.0, keeps: 70.0 };
const BORN: Style = Style { size: 12.0, is_bold: false, grey: 0, indent: 0.0, keeps: 0.0 };
const BODY: Style = Style { size: 12.0, is_bold: false, grey: 0, indent: 14.0, keeps: 0.0 };
const MARK: Style = Style { size: 12.0, is_bold: true, grey: 0, indent: 14.0, keeps: 0.0 };
const BETWEEN: f32 = 8.0;
/// Between two lines to write on.
const HAND: f32 = 24.0;
/// Lines to write on, below an appointment and at the end.
const LINES: usize = 1;
const LINES_AT_THE_END: usize = 8;

/// An appointment in the words of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// From when to when, by the clock of the institution.
    pub time: String,
    /// Whose, or that it is taken.
    pub patient: String,
    /// When they were born, when it is known.
    pub born: Option<String>,
    /// What, and with whom.
    pub what: String,
    /// What the reader must not miss.
    pub marks: Vec<&'static str>,
    /// What was said.
    pub remarks: Vec<String>,
}

impl Row {
    fn of(day: &Day, words: &Words, shown: &Shown) -> Self {
        let (appointment, patient) = (&shown.appointment, shown.patient.as_ref());
        let clock = |ms| day.at(ms).strftime("%H:%M").to_string();
        let names = [&shown.kind.name].into_iter().chain(shown.resources.iter().map(|(_, name)| name));
        let marks = [
            appointment.is_overbooked.then_some(words.overbooked),
            (appointment.state == State::Pending).then_some(words.pending),
        ];
        let answers = shown.details.structured_comment.iter();
        let answers = answers.map(|(question, answer)| format!("{question}: {answer}"));
        Self {
            time: format!("{}–{}", clock(appointment.start_ms), clock(appointment.end_ms)),
            patient: patient.map_or_else(|| words.taken.to_owned(), |patient| patient.name.clone()),
            born: patient.and_then(|known| known.born_on).map(|born| fill(words.born, &[&words.date(born)])),
            what: names.map(String::as_str).collect::<Vec<_>>().join(" · "),
            marks: marks.into_iter().flatten().collect(),
            remarks: shown.details.comments.iter().cloned().chain(answers).collect(),
        }
    }
}

impl Day {
    /// What stands above the list.
    #[must_use]
    pub fn title(&self, language: Language) -> String {
        let words = words::of(language);
        fill(words.title, &[&words.day(self.date)])
    }

    /// The lines below the title: where, as of when, and that the practice works on paper when it does.
    #[must_use]
    pub fn lead(&self, language: Language) -> Vec<String> {
        let words = words::of(language);
        let place = [&self.organisation, &self.institution.name, &self.institution.address];
        let mut place: Vec<_> = place.into_iter().filter(|text| !text.is_empty()).cloned().collect();
        place.dedup();
        let as_of = self.at(self.as_of_ms);
        let (date, clock) = (words.date(as_of.date()), as_of.strftime("%H:%M").to_string());
        let mut lines = vec![place.join(", ").replace('\n', ", ")];
        lines.push(fill(words.as_of, &[&date, &clock, &self.institution.time_zone]));
        lines.extend(self.down_since_ms.map(|_| words.down.to_owned()));
        lines
    }

    /// The appointments in the words of a list.
    #[must_use]
    pub fn rows(&self, language: Language) -> Vec<Row> {
        let words = words::of(language);
        self.appointments.iter().map(|shown| Row::of(self, words, shown)).collect()
    }
}

/// The list of a day as a PDF, A4.
///
/// # Errors
/// [`kernel::Error::Unavailable`] when too many documents are being printed.
pub async fn print(day: &Day, language: Language) -> Result<Vec<u8>> {
    let words = words::of(language);
    let (title, lead, rows) = (day.title(language), day.lead(language), day.rows(language));
    let about = About {
        title: title.clone(),
        language: language.code(),
        made_ms: day.as_of_ms,
        foot: lead.iter().take(2).map(String::as_str).collect::<Vec<_>>().join(" · "),
        page: words.page,
    };
    let place = press::place().await?;
    let press = Press::start(about);
    let printed = press.add(move |paper| set(paper, words, &title, &lead, &rows)).await;
    let bytes = press.finish(printed).await?;
    drop(place);
    Ok(bytes)
}

fn set(paper: &mut Paper, words: &Words, title: &str, lead: &[String], rows: &[Row]) {
    paper.write(Style::TITLE, title);
    lead.iter().for_each(|line| paper.write(Style::TEXT, line));
    paper.leave(BETWEEN);
    paper.rule();
    if rows.is_empty() {
        paper.leave(BETWEEN);
        paper.write(BODY, words.nothing);
    }
    rows.iter().for_each(|row| set_row(paper, row));
    paper.leave(BETWEEN);
    paper.write(Style { keeps: HAND * 3.0, ..MARK.indented(0.0) }, words.walk_ins);
    write_on(paper, LINES_AT_THE_END);
}

fn set_row(paper: &mut Paper, row: &Row) {
    paper.leave(BETWEEN);
    let who = format!("{}  {}", row.time, row.patient);
    paper.write_pair((TIME, &who), (BORN, row.born.as_deref().unwrap_or_default()));
    row.marks.iter().for_each(|mark| paper.write(MARK, mark));
    paper.write(BODY, &row.what);
    row.remarks.iter().for_each(|remark| paper.write(BODY, remark));
    write_on(paper, LINES);
}

/// Lines to write on by hand.
fn write_on(paper: &mut Paper, lines: usize) {
    for _ in 0..lines {
        paper.write(Style { size: HAND / 1.4, ..BODY }, "\u{a0}");
        paper.rule();
    }
}

#[cfg(test)]
mod tests {
    use booking::appointments::Details;
    use booking::labels::Label;
    use booking::{Appointment, Institution};
    use jiff::civil::date;
    use kernel::{Id, PersonId};

    use super::super::dressing::Patient;
    use booking::calendar;

    use super::*;

    const NINE_MS: i64 = 1_796_112_000_000;

    fn shown(start_ms: i64) -> Shown {
        let id = Id::from_bytes([1; 12]);
        let appointment = Appointment {
            id,
            institution: Id::from_bytes([2; 12]),
            category: Id::from_bytes([3; 12]),
            kind: Id::from_bytes([4; 12]),
            insurance: None,
            patient: PersonId::from_bytes([5; 12]),
            state: State::Booked,
            start_ms,
            end_ms: start_ms + 20 * 60_000,
            start_local: date(2026, 12, 1).at(9, 0, 0, 0),
            time_zone: "Europe/Amsterdam".to_owned(),
            buffers: (0, 0),
            cancel: 0,
            reschedule: 0,
            reschedules_left: None,
            gathering: None,
            is_overbooked: false,
            sequence: 0,
            made_ms: 0,
            client: None,
            updated_ms: 0,
            cancelled_ms: None,
        };
        let label = |name: &str| Label { number: 1, name: name.to_owned() };
        Shown {
            patient: Some(Patient {
                id: appointment.patient,
                name: "Anna de Boer".to_owned(),
                born_on: Some(date(1980, 2, 3)),
            }),
            appointment,
            kind: label("Controle"),
            institution: label("De Linde"),
            insurance: None,
            resources: vec![(Id::from_bytes([6; 12]), "Dr. de Vries".to_owned())],
            details: Details::default(),
            zone: calendar::zone("Europe/Amsterdam").expect("a zone"),
        }
    }

    fn day(appointments: Vec<Shown>) -> Day {
        Day {
            organisation: "Praktijk De Linde".to_owned(),
            institution: Institution {
                id: Id::from_bytes([2; 12]),
                number: 1,
                name: "De Linde".to_owned(),
                address: "Lindelaan 1\nUtrecht".to_owned(),
                time_zone: "Europe/Amsterdam".to_owned(),
                photo_url: None,
                required_details: Vec::new(),
                quiet: (0, 0),
                letters_per_day_max: 3,
                video_minutes: (15, 60),
            },
            zone: calendar::zone("Europe/Amsterdam").expect("a zone"),
            date: date(2026, 12, 1),
            as_of_ms: NINE_MS - 15 * 3_600_000,
            down_since_ms: None,
            language: Language::Nl,
            appointments,
        }
    }

    #[test]
    fn a_row_tells_when_who_what_and_what_must_not_be_missed() {
        let mut beside = shown(NINE_MS);
        beside.appointment.is_overbooked = true;
        beside.appointment.state = State::Pending;
        beside.details.comments = Some("Kan geen trap lopen".to_owned());
        beside.details.structured_comment = vec![("Allergie".to_owned(), "geen".to_owned())];
        let day = day(vec![shown(NINE_MS), beside]);
        let rows = day.rows(Language::Nl);
        assert_eq!(rows[0].time, "09:00–09:20");
        assert_eq!(rows[0].born.as_deref(), Some("geboren 03-02-1980"));
        assert_eq!(rows[0].what, "Controle · Dr. de Vries");
        assert!(rows[0].marks.is_empty() && rows[0].remarks.is_empty());
        assert_eq!(rows[1].marks, ["DUBBEL GEPLAND", "NOG NIET BEVESTIGD"]);
        assert_eq!(rows[1].remarks, ["Kan geen trap lopen", "Allergie: geen"]);
        assert_eq!(day.title(Language::Fr), "Rendez-vous du mardi 01/12/2026");
        assert_eq!(
            day.lead(Language::En),
            [
                "Praktijk De Linde, De Linde, Lindelaan 1, Utrecht",
                "As of 30/11/2026, 18:00 (Europe/Amsterdam)"
            ]
        );
    }

    #[test]
    fn on_paper_the_list_says_that_it_counts() {
        let mut day = day(Vec::new());
        day.down_since_ms = Some(0);
        assert!(day.lead(Language::De)[2].contains("arbeitet auf Papier"));
    }

    #[tokio::test]
    async fn a_day_becomes_a_document() {
        let pdf = print(&day(vec![shown(NINE_MS)]), Language::Nl).await.expect("a document");
        assert!(pdf.starts_with(b"%PDF-1.7"));
    }

    #[test]
    fn a_full_day_has_several_pages_and_an_empty_one_has_one() {
        for (count, full) in [(0, 0), (60, 6)] {
            let day = day((0..count).map(|n| shown(NINE_MS + n * 600_000)).collect());
            let (title, lead, rows) =
                (day.title(Language::Nl), day.lead(Language::Nl), day.rows(Language::Nl));
            let about =
                About { title: title.clone(), language: "nl", made_ms: 0, foot: String::new(), page: "" };
            let mut paper = Paper::new(about);
            set(&mut paper, words::of(Language::Nl), &title, &lead, &rows);
            assert_eq!(paper.pages(), full, "{count} appointments");
        }
    }
}
