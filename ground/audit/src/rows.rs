//! The SQL of the log.

use kernel::{LineId, OrganisationId, Result};
use store::{Arg, Row, Statement, Tx, args};

use crate::about::{Edge, Part, Whose};
use crate::line::{Columns, Stamped};

/// Every statement of this crate, so that a test can prepare each on both engines.
pub const ALL_SQL: &[&str] = &[
    INSERT_LINE,
    INSERT_LINES,
    LINES_OF_SEGMENT,
    OPEN_LINES,
    OTHERS_BEFORE,
    OTHERS_AFTER,
    OWN_BEFORE,
    OWN_AFTER,
    NEXT_OPEN_ORGANISATION,
    NEXT_ORGANISATION_OF_LINES,
    NEXT_ORGANISATION_OF_SEALS,
    NEXT_SEGMENT,
    SEAL_LINES,
    INSERT_SEAL,
    NEXT_SEAL,
    NEWEST_SEAL,
    ROOT_OF_SEAL,
    KEEP_WRITER,
    DEAD_WRITERS,
    IS_WRITER,
    END_WRITER,
];

/// Repeating an insert whose commit was lost from sight must not fail.
const INSERT_LINE: &str = "
    INSERT INTO audit_lines (id, organisation, at_us, kind, outcome, person, acting_for, role, client, patient,
        object, reason, request, address, mac)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
    ON CONFLICT (id) DO NOTHING";
/// As [`INSERT_LINE`], of as many lines as [`LINES_TOGETHER`].
const INSERT_LINES: &str = "
    INSERT INTO audit_lines (id, organisation, at_us, kind, outcome, person, acting_for, role, client, patient,
        object, reason, request, address, mac)
    VALUES
        ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15),
        ($16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30),
        ($31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41, $42, $43, $44, $45),
        ($46, $47, $48, $49, $50, $51, $52, $53, $54, $55, $56, $57, $58, $59, $60),
        ($61, $62, $63, $64, $65, $66, $67, $68, $69, $70, $71, $72, $73, $74, $75),
        ($76, $77, $78, $79, $80, $81, $82, $83, $84, $85, $86, $87, $88, $89, $90),
        ($91, $92, $93, $94, $95, $96, $97, $98, $99, $100, $101, $102, $103, $104, $105),
        ($106, $107, $108, $109, $110, $111, $112, $113, $114, $115, $116, $117, $118, $119, $120),
        ($121, $122, $123, $124, $125, $126, $127, $128, $129, $130, $131, $132, $133, $134, $135),
        ($136, $137, $138, $139, $140, $141, $142, $143, $144, $145, $146, $147, $148, $149, $150),
        ($151, $152, $153, $154, $155, $156, $157, $158, $159, $160, $161, $162, $163, $164, $165),
        ($166, $167, $168, $169, $170, $171, $172, $173, $174, $175, $176, $177, $178, $179, $180),
        ($181, $182, $183, $184, $185, $186, $187, $188, $189, $190, $191, $192, $193, $194, $195),
        ($196, $197, $198, $199, $200, $201, $202, $203, $204, $205, $206, $207, $208, $209, $210),
        ($211, $212, $213, $214, $215, $216, $217, $218, $219, $220, $221, $222, $223, $224, $225),
        ($226, $227, $228, $229, $230, $231, $232, $233, $234, $235, $236, $237, $238, $239, $240)
    ON CONFLICT (id) DO NOTHING";
/// Lines that one statement writes.
pub(crate) const LINES_TOGETHER: usize = 16;
const LINES_OF_SEGMENT: &str = "
    SELECT id, organisation, at_us, kind, outcome, person, acting_for, role, client, patient,
        object, reason, request, address, mac
    FROM audit_lines WHERE organisation = $1 AND segment = $2 ORDER BY id LIMIT $3";
const OPEN_LINES: &str = "
    SELECT id, organisation, at_us, kind, outcome, person, acting_for, role, client, patient,
        object, reason, request, address, mac
    FROM audit_lines WHERE organisation = $1 AND id > $2 AND segment IS NULL ORDER BY id LIMIT $3";
/// Whose deeds is asked in the words of the two indexes, so that neither list walks the lines of the other. A line of
/// the house itself has no person, and is not the patient's own.
macro_rules! lines_about {
    ($is_own:literal, $which:literal) => {
        concat!(
            "SELECT id, at_us, kind, outcome, person, acting_for, role, client, object, reason
            FROM audit_lines
            WHERE patient = $1 AND organisation = $2 AND (person = patient) ",
            $is_own,
            " AND ",
            $which
        )
    };
}
pub(crate) const OTHERS_BEFORE: &str = lines_about!("IS NOT TRUE", "id < $3 ORDER BY id DESC LIMIT $4");
pub(crate) const OTHERS_AFTER: &str = lines_about!("IS NOT TRUE", "id > $3 ORDER BY id LIMIT $4");
pub(crate) const OWN_BEFORE: &str = lines_about!("IS TRUE", "id < $3 ORDER BY id DESC LIMIT $4");
pub(crate) const OWN_AFTER: &str = lines_about!("IS TRUE", "id > $3 ORDER BY id LIMIT $4");
const NEXT_OPEN_ORGANISATION: &str = "
    SELECT organisation FROM audit_lines WHERE segment IS NULL AND organisation > $1
    ORDER BY organisation LIMIT 1";
const NEXT_ORGANISATION_OF_LINES: &str = "
    SELECT organisation FROM audit_lines WHERE organisation > $1 ORDER BY organisation LIMIT 1";
const NEXT_ORGANISATION_OF_SEALS: &str = "
    SELECT organisation FROM audit_seals WHERE organisation > $1 ORDER BY organisation LIMIT 1";
const NEXT_SEGMENT: &str = "
    SELECT segment FROM audit_lines WHERE organisation = $1 AND segment > $2 ORDER BY segment LIMIT 1";
/// One statement chooses and marks, so that a line which is committed in between stays open.
const SEAL_LINES: &str = "
    UPDATE audit_lines SET segment = $1
    WHERE segment IS NULL AND id IN (
        SELECT id FROM audit_lines WHERE organisation = $2 AND segment IS NULL ORDER BY id LIMIT $3)
    RETURNING id, mac";
const INSERT_SEAL: &str = "
    INSERT INTO audit_seals (organisation, n, first_line, last_line, line_count, root, previous, mac, sealed_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
const NEXT_SEAL: &str = "
    SELECT n, first_line, last_line, line_count, root, previous, mac, sealed_ms
    FROM audit_seals WHERE organisation = $1 AND n > $2 ORDER BY n LIMIT 1";
const NEWEST_SEAL: &str = "
    SELECT n, root FROM audit_seals WHERE organisation = $1 ORDER BY n DESC LIMIT 1";
const ROOT_OF_SEAL: &str = "SELECT root FROM audit_seals WHERE organisation = $1 AND n = $2";
/// Another process may have thought this one dead and removed its row.
const KEEP_WRITER: &str = "
    INSERT INTO audit_writers (id, started_us, flushed_us) VALUES ($1, $2, $3)
    ON CONFLICT (id) DO UPDATE SET flushed_us = excluded.flushed_us";
const DEAD_WRITERS: &str = "
    SELECT id, flushed_us FROM audit_writers WHERE id <> $1 AND flushed_us <= $2 ORDER BY id LIMIT 100";
const IS_WRITER: &str = "SELECT flushed_us FROM audit_writers WHERE id = $1 AND flushed_us = $2";
const END_WRITER: &str = "DELETE FROM audit_writers WHERE id = $1";

/// A line as it is stored, of which nothing is believed yet.
pub(crate) struct Stored {
    pub id: Vec<u8>,
    organisation: Vec<u8>,
    at_us: i64,
    kind: String,
    outcome: String,
    person: Option<Vec<u8>>,
    acting_for: Option<Vec<u8>>,
    role: Option<String>,
    client: Option<Vec<u8>>,
    patient: Option<Vec<u8>>,
    object: Option<Vec<u8>>,
    reason: Option<String>,
    request: Option<Vec<u8>>,
    address: Option<String>,
    pub mac: Vec<u8>,
}

/// A seal as it is stored, of which nothing is believed yet.
#[derive(Clone, Debug)]
pub(crate) struct Seal {
    pub n: i64,
    pub first_line: Vec<u8>,
    pub last_line: Vec<u8>,
    pub line_count: i64,
    pub root: Vec<u8>,
    pub previous: Vec<u8>,
    pub mac: Vec<u8>,
    pub sealed_ms: i64,
}

pub(crate) async fn insert_line(tx: &Tx, line: &Stamped, mac: &[u8; 32]) -> Result<()> {
    tx.run(INSERT_LINE, &values(line, mac)).await.map(drop)
}

pub(crate) async fn insert_lines(tx: &Tx, lines: &[(Stamped, [u8; 32]); LINES_TOGETHER]) -> Result<()> {
    let values: Vec<Arg<'_>> = lines.iter().flat_map(|(line, mac)| values(line, mac)).collect();
    tx.run(INSERT_LINES, &values).await.map(drop)
}

fn values<'a>(line: &'a Stamped, mac: &'a [u8; 32]) -> [Arg<'a>; 15] {
    let c = line.columns();
    args![
        c.id,
        c.organisation,
        c.at_us,
        c.kind,
        c.outcome,
        c.person,
        c.acting_for,
        c.role,
        c.client,
        c.patient,
        c.object,
        c.reason,
        c.request,
        c.address,
        mac
    ]
}

/// Lines of a segment in the order of their ids; `None` stands for one whose columns are not of their types.
pub(crate) async fn lines_of_segment(
    tx: &Tx,
    organisation: OrganisationId,
    segment: i64,
    most: i64,
) -> Result<Vec<Option<Stored>>> {
    tx.all(LINES_OF_SEGMENT, &args![&organisation, segment, most], |row| Ok(stored(row).ok())).await
}

/// Lines after `after` that no segment holds yet.
pub(crate) async fn open_lines(
    tx: &Tx,
    organisation: OrganisationId,
    after: &[u8],
    most: i64,
) -> Result<Vec<Option<Stored>>> {
    tx.all(OPEN_LINES, &args![&organisation, after, most], |row| Ok(stored(row).ok())).await
}

/// The rows of [`lines_about`](crate::lines_about).
pub(crate) async fn lines_about<T: Send>(
    tx: &Tx,
    (patient, organisation): (&kernel::PersonId, &OrganisationId),
    part: &Part,
    map: impl Fn(&Row<'_>) -> Result<T> + Send + Sync,
) -> Result<Vec<T>> {
    let newest = LineId::from_bytes([0xff; 12]);
    let (older, newer) = match part.whose {
        Whose::Others => (OTHERS_BEFORE, OTHERS_AFTER),
        Whose::Own => (OWN_BEFORE, OWN_AFTER),
    };
    let (sql, edge) = match &part.edge {
        Edge::Newest => (older, &newest),
        Edge::Before(id) => (older, id),
        Edge::After(id) => (newer, id),
    };
    let mut lines = tx.all(sql, &args![patient, organisation, edge, part.most], map).await?;
    if matches!(part.edge, Edge::After(_)) {
        lines.reverse();
    }
    Ok(lines)
}

/// The first organisation after these bytes that has open lines.
pub(crate) async fn next_open_organisation(tx: &Tx, after: &[u8]) -> Result<Option<OrganisationId>> {
    tx.one(NEXT_OPEN_ORGANISATION, &args![after], |row| row.get(0)).await
}

/// The first organisation after these bytes that has lines or seals, as it is stored.
pub(crate) async fn next_organisation(tx: &Tx, after: &[u8]) -> Result<Option<Vec<u8>>> {
    let of_lines: Option<Vec<u8>> =
        tx.one(NEXT_ORGANISATION_OF_LINES, &args![after], |row| row.get(0)).await?;
    let of_seals: Option<Vec<u8>> =
        tx.one(NEXT_ORGANISATION_OF_SEALS, &args![after], |row| row.get(0)).await?;
    Ok(of_lines.into_iter().chain(of_seals).min())
}

/// The first segment after `after` that lines name.
pub(crate) async fn next_segment(tx: &Tx, organisation: OrganisationId, after: i64) -> Result<Option<i64>> {
    tx.one(NEXT_SEGMENT, &args![&organisation, after], |row| row.get(0)).await
}

/// Puts open lines into the segment, up to `most`, and gives their ids and MACs in any order.
pub(crate) async fn seal_lines(
    tx: &Tx,
    organisation: OrganisationId,
    segment: i64,
    most: i64,
) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
    tx.all(SEAL_LINES, &args![segment, &organisation, most], |row| Ok((row.get(0)?, row.get(1)?))).await
}

pub(crate) async fn insert_seal(tx: &Tx, organisation: OrganisationId, seal: &Seal) -> Result<()> {
    let args = args![
        &organisation,
        seal.n,
        &seal.first_line,
        &seal.last_line,
        seal.line_count,
        &seal.root,
        &seal.previous,
        &seal.mac,
        seal.sealed_ms
    ];
    tx.run(INSERT_SEAL, &args).await.map(drop)
}

/// The first seal after `after`.
pub(crate) async fn next_seal(tx: &Tx, organisation: OrganisationId, after: i64) -> Result<Option<Seal>> {
    let seal = |row: &Row<'_>| {
        Ok(Seal {
            n: row.get(0)?,
            first_line: row.get(1)?,
            last_line: row.get(2)?,
            line_count: row.get(3)?,
            root: row.get(4)?,
            previous: row.get(5)?,
            mac: row.get(6)?,
            sealed_ms: row.get(7)?,
        })
    };
    tx.one(NEXT_SEAL, &args![&organisation, after], seal).await
}

/// The number and root of the newest seal.
pub(crate) async fn newest_seal(tx: &Tx, organisation: OrganisationId) -> Result<Option<(i64, Vec<u8>)>> {
    tx.one(NEWEST_SEAL, &args![&organisation], |row| Ok((row.get(0)?, row.get(1)?))).await
}

pub(crate) async fn root_of_seal(tx: &Tx, organisation: OrganisationId, n: i64) -> Result<Option<Vec<u8>>> {
    tx.one(ROOT_OF_SEAL, &args![&organisation, n], |row| row.get(0)).await
}

/// Records that a process writes here, and up to when its lines of reading are on disk.
pub(crate) fn keep_writer(id: &[u8; 12], started_us: i64, flushed_us: i64) -> Statement {
    Statement::new(KEEP_WRITER, &args![id, started_us, flushed_us])
}

/// Other processes that have not flushed since the instant, with their last flush.
pub(crate) async fn dead_writers(tx: &Tx, but: &[u8; 12], since_us: i64) -> Result<Vec<([u8; 12], i64)>> {
    tx.all(DEAD_WRITERS, &args![but, since_us], |row| Ok((row.get(0)?, row.get(1)?))).await
}

/// Whether the process is still on record with this last flush.
pub(crate) async fn is_writer(tx: &Tx, id: &[u8; 12], flushed_us: i64) -> Result<bool> {
    Ok(tx.one(IS_WRITER, &args![id, flushed_us], |row| row.get::<i64>(0)).await?.is_some())
}

pub(crate) async fn end_writer(tx: &Tx, id: &[u8; 12]) -> Result<()> {
    tx.run(END_WRITER, &args![id]).await.map(drop)
}

fn stored(row: &Row<'_>) -> Result<Stored> {
    Ok(Stored {
        id: row.get(0)?,
        organisation: row.get(1)?,
        at_us: row.get(2)?,
        kind: row.get(3)?,
        outcome: row.get(4)?,
        person: row.get(5)?,
        acting_for: row.get(6)?,
        role: row.get(7)?,
        client: row.get(8)?,
        patient: row.get(9)?,
        object: row.get(10)?,
        reason: row.get(11)?,
        request: row.get(12)?,
        address: row.get(13)?,
        mac: row.get(14)?,
    })
}

impl Stored {
    pub fn columns(&self) -> Columns<'_> {
        Columns {
            id: &self.id,
            organisation: &self.organisation,
            at_us: self.at_us,
            kind: &self.kind,
            outcome: &self.outcome,
            person: self.person.as_deref(),
            acting_for: self.acting_for.as_deref(),
            role: self.role.as_deref(),
            client: self.client.as_deref(),
            patient: self.patient.as_deref(),
            object: self.object.as_deref(),
            reason: self.reason.as_deref(),
            request: self.request.as_deref(),
            address: self.address.as_deref(),
        }
    }

    /// The line's id, when it is one.
    pub fn line_id(&self) -> Option<LineId> {
        LineId::from_slice(&self.id)
    }
}
