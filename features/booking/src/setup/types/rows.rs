//! Rows of types.

use kernel::{AppointmentTypeId, Error, InsuranceId, OrganisationId, ResourceId, Result};
use store::{Row, Tx, args, in_list};

use crate::model::{AppointmentType, Asap, Minute, Strategy, Window};

/// What a type is read by, as [`of_row`] takes it.
macro_rules! columns {
    ($table:literal) => {
        concat!(
            $table,
            ".id, ",
            $table,
            ".number, ",
            $table,
            ".category, ",
            $table,
            ".name, ",
            $table,
            ".description, ",
            $table,
            ".duration_minutes, ",
            $table,
            ".buffer_before_minutes, ",
            $table,
            ".buffer_after_minutes, ",
            $table,
            ".grid_minutes, ",
            $table,
            ".notice_minutes, ",
            $table,
            ".horizon_days, ",
            $table,
            ".cancel_minutes, ",
            $table,
            ".reschedule_minutes, ",
            $table,
            ".reschedules_max, ",
            $table,
            ".capacity, ",
            $table,
            ".is_video, ",
            $table,
            ".needs_confirmation, ",
            $table,
            ".requires_account, ",
            $table,
            ".needs_attendant, ",
            $table,
            ".comment_form, ",
            $table,
            ".asap_enabled, ",
            $table,
            ".asap_strategy, ",
            $table,
            ".asap_hold_minutes, ",
            $table,
            ".asap_debounce_minutes, ",
            $table,
            ".asap_stays"
        )
    };
}
pub(crate) use columns;

/// How many columns those are.
pub(crate) const COLUMNS: usize = 25;

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT ", columns!("t"), " FROM appointment_types t WHERE t.organisation = $1 ", $rest)
    };
}

pub(super) const INSERT: &str = "
    INSERT INTO appointment_types
        (id, organisation, number, category, name, description, duration_minutes, buffer_before_minutes,
         buffer_after_minutes, grid_minutes, notice_minutes, horizon_days, cancel_minutes, reschedule_minutes,
         reschedules_max, capacity, is_video, needs_confirmation, requires_account, needs_attendant, comment_form,
         asap_enabled, asap_strategy, asap_hold_minutes, asap_debounce_minutes, asap_stays)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
        $24, $25, $26)";
pub(super) const CHANGE: &str = "
    UPDATE appointment_types
    SET name = $3, description = $4, duration_minutes = $5, buffer_before_minutes = $6, buffer_after_minutes = $7,
        grid_minutes = $8, notice_minutes = $9, horizon_days = $10, cancel_minutes = $11, reschedule_minutes = $12,
        reschedules_max = $13, capacity = $14, is_video = $15, needs_confirmation = $16, requires_account = $17,
        needs_attendant = $18, comment_form = $19, asap_enabled = $20, asap_strategy = $21, asap_hold_minutes = $22,
        asap_debounce_minutes = $23, asap_stays = $24
    WHERE organisation = $1 AND id = $2 AND ended_ms IS NULL";
pub(super) const FORGET_WINDOWS: &str = "DELETE FROM type_windows WHERE organisation = $1 AND type = $2";
pub(super) const FORGET_INSURANCES: &str =
    "DELETE FROM type_insurances WHERE organisation = $1 AND type = $2";
pub(super) const FORGET_PARTS: &str = "DELETE FROM type_resources WHERE organisation = $1 AND type = $2";
pub(super) const NAME_WINDOW: &str = "
    INSERT INTO type_windows (organisation, type, weekday, from_minute, until_minute) VALUES ($1, $2, $3, $4, $5)";
pub(super) const NAME_INSURANCES: &str = concat!(
    "INSERT INTO type_insurances (organisation, type, insurance)
     SELECT i.organisation, $66, i.id FROM insurances i WHERE i.organisation = $65 AND i.id IN ",
    in_list!()
);
/// Only what is at the place of the category.
pub(super) const NAME_PART: &str = concat!(
    "INSERT INTO type_resources (organisation, type, part, resource)
     SELECT r.organisation, $66, $67, r.id
     FROM resources r JOIN appointment_categories c
         ON c.organisation = r.organisation AND c.institution = r.institution
     WHERE r.organisation = $65 AND c.id = $68 AND r.id IN ",
    in_list!()
);
pub(super) const END: &str = "
    UPDATE appointment_types SET ended_ms = $3 WHERE organisation = $1 AND id = $2 AND ended_ms IS NULL";
pub(super) const LIST: &str = select!("AND t.category = $2 AND t.ended_ms IS NULL ORDER BY t.number");
pub(super) const FIND: &str = select!("AND t.id = $2");
pub(super) const FIND_NUMBERED: &str = select!("AND t.number = $2 AND t.ended_ms IS NULL");
pub(super) const STANDS: &str = "
    SELECT category FROM appointment_types WHERE organisation = $1 AND id = $2 AND ended_ms IS NULL";
const WINDOWS: &str = concat!(
    "SELECT type, weekday, from_minute, until_minute FROM type_windows WHERE organisation = $65 AND type IN ",
    in_list!(),
    " ORDER BY type, weekday, from_minute"
);
const INSURANCES: &str = concat!(
    "SELECT n.type, n.insurance
     FROM type_insurances n JOIN insurances i ON i.organisation = n.organisation AND i.id = n.insurance
     WHERE n.organisation = $65 AND n.type IN ",
    in_list!(),
    " ORDER BY i.number"
);
const PARTS: &str = concat!(
    "SELECT type, part, resource FROM type_resources WHERE organisation = $65 AND type IN ",
    in_list!(),
    " ORDER BY type, part, resource"
);
pub(super) const WITH_WAITING_LIST: &str = "
    SELECT DISTINCT t.id
    FROM type_resources r JOIN appointment_types t ON t.organisation = r.organisation AND t.id = r.type
    WHERE r.organisation = $1 AND r.resource = $2 AND t.asap_enabled AND t.ended_ms IS NULL
    ORDER BY t.id";

/// Every statement of this module.
pub(crate) const ALL_SQL: &[&str] = &[
    INSERT,
    CHANGE,
    FORGET_WINDOWS,
    FORGET_INSURANCES,
    FORGET_PARTS,
    NAME_WINDOW,
    NAME_INSURANCES,
    NAME_PART,
    END,
    LIST,
    FIND,
    FIND_NUMBERED,
    STANDS,
    WINDOWS,
    INSURANCES,
    PARTS,
    WITH_WAITING_LIST,
];

/// A type from its columns, the first of which is this one; its lists are read beside it.
pub(crate) fn of_row(row: &Row<'_>, at: usize) -> Result<AppointmentType> {
    let strategy = Strategy::named(&row.get::<String>(at + 21)?).ok_or_else(|| Error::bug("a strategy"))?;
    Ok(AppointmentType {
        id: row.get(at)?,
        number: row.get(at + 1)?,
        category: row.get(at + 2)?,
        name: row.get(at + 3)?,
        description: row.get(at + 4)?,
        duration: row.get(at + 5)?,
        buffers: (row.get(at + 6)?, row.get(at + 7)?),
        grid: row.get(at + 8)?,
        notice: row.get(at + 9)?,
        horizon: row.get(at + 10)?,
        cancel: row.get(at + 11)?,
        reschedule: row.get(at + 12)?,
        reschedules_max: row.get(at + 13)?,
        capacity: row.get(at + 14)?,
        is_video: row.get(at + 15)?,
        needs_confirmation: row.get(at + 16)?,
        requires_account: row.get(at + 17)?,
        needs_attendant: row.get(at + 18)?,
        comment_form: row.get(at + 19)?,
        windows: Vec::new(),
        insurances: Vec::new(),
        parts: Vec::new(),
        asap: Asap {
            enabled: row.get(at + 20)?,
            strategy,
            hold: row.get(at + 22)?,
            debounce: row.get(at + 23)?,
            stays: row.get(at + 24)?,
        },
    })
}

/// The same types with their windows, whom they are for and what they need: three statements, however many they are.
pub(crate) async fn filled_in(
    tx: &Tx,
    organisation: OrganisationId,
    mut types: Vec<AppointmentType>,
) -> Result<Vec<AppointmentType>> {
    let ids: Vec<_> = types.iter().map(|one| one.id).collect();
    let of = args![&organisation];
    for (id, window) in tx.all_of(WINDOWS, &ids, &of, window).await? {
        each(&mut types, id, |one| one.windows.push(window));
    }
    let insurances = tx.all_of(INSURANCES, &ids, &of, |row| Ok((row.get(0)?, row.get::<InsuranceId>(1)?)));
    for (id, insurance) in insurances.await? {
        each(&mut types, id, |one| one.insurances.push(insurance));
    }
    let parts = tx.all_of(PARTS, &ids, &of, |row| {
        let part = usize::try_from(row.get::<i64>(1)?).map_err(Error::bug)?;
        Ok((row.get(0)?, part, row.get::<ResourceId>(2)?))
    });
    for (id, part, resource) in parts.await? {
        each(&mut types, id, |one| {
            one.parts.resize_with(one.parts.len().max(part + 1), Vec::new);
            one.parts[part].push(resource);
        });
    }
    Ok(types)
}

fn each(types: &mut [AppointmentType], id: AppointmentTypeId, doing: impl FnMut(&mut AppointmentType)) {
    types.iter_mut().filter(|one| one.id == id).for_each(doing);
}

fn window(row: &Row<'_>) -> Result<(AppointmentTypeId, Window)> {
    let minute = |at: usize| Minute::try_from(row.get::<i64>(at)?).map_err(Error::bug);
    let weekday = i8::try_from(row.get::<i64>(1)?).map_err(Error::bug)?;
    Ok((row.get(0)?, Window { weekday, from: minute(2)?, until: minute(3)? }))
}
