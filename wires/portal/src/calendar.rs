use crate::answers::Naming;
use crate::refusals::Refusal;
pub(crate) const PATH: &str = "/appointments/{id}/calendar";
/// An appointment for a calendar program.
#[utoipa::path(
    get, path = "/appointments/{id}/calendar", tag = "Appointments", operation_id = "getCalendar",
    params(("id" = String, Path, description = "Of the appointment")),
    responses((status = 200, content_type = "text/calendar", body = String), Naming),
)]
pub async fn show() -> Refusal {
    Refusal::no_such_path()
}
