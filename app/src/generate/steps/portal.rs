//! The patient portal: an appointment from the choice of an insurance to its end.

use super::{Folder, step};

const APPOINTMENT: &[(&str, &str)] = &[("id", "appointment_id")];
const TAKE: &str = r#"{"availability_id": "{{availability_id}}"}"#;
const OFFERED: &[(&str, &str)] = &[("availability_id", "body.data[0].id")];

/// Every operation, with the numbers of the demo's clinic.
pub const PORTAL: &[Folder] = &[
    (
        "Patient",
        &[
            step("getProfile"),
            step("listRelatives"),
            step("listInstitutions").keeps(&[("institution_id", "body.data[0].id")]),
            step("getInstitution").at(&[("id", "institution_id")]),
        ],
    ),
    (
        "Booking",
        &[
            step("listInsurances"),
            step("listCategories"),
            step("listTypes"),
            step("listAvailableDays"),
            step("listAvailabilities").keeps(OFFERED),
            step("book")
                .body(r#"{"availability_id": "{{availability_id}}", "comments": "I cannot climb stairs."}"#)
                .keeps(&[("appointment_id", "body.data.id")]),
        ],
    ),
    (
        "Appointments",
        &[
            step("listAppointments"),
            step("getAppointment").at(APPOINTMENT),
            step("getCalendar").at(APPOINTMENT),
            step("joinAsapList").at(APPOINTMENT).or(422),
            step("getEarlierAvailability").at(APPOINTMENT).or(422),
            step("leaveAsapList").at(APPOINTMENT),
            step("listTimesToMove").at(APPOINTMENT).keeps(OFFERED),
            step("reschedule").at(APPOINTMENT).body(TAKE),
            step("openVideoConsultation").at(APPOINTMENT).or(422),
            step("cancel").at(APPOINTMENT),
        ],
    ),
];
