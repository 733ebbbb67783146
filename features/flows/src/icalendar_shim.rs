pub enum Method {
    Publish,
    Request,
    Cancel,
}
pub enum Status {
    Confirmed,
    Tentative,
    Cancelled,
}
pub struct Event {
    pub uid: String,
    pub sequence: i64,
    pub stamp_ms: i64,
    pub start_ms: i64,
    pub end_ms: i64,
    pub status: Status,
    pub summary: String,
    pub location: Option<String>,
    pub description: Option<String>,
    pub organizer: Option<String>,
    pub attendee: Option<String>,
}
pub fn calendar(_: Method, _: &[Event], _: Option<&str>) -> String {
    String::new()
}
