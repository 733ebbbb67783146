//! Streams of events have no end of their own, so they end when the server stops instead of holding it up.

use axum::body::Body;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use futures_util::StreamExt as _;

use super::Stopped;

/// The answer, which ends at the word to stop when it is a stream of events. Its page opens another one later.
pub fn ending(response: Response, mut stopped: Stopped) -> Response {
    let kind = response.headers().get(CONTENT_TYPE).map(|kind| kind.as_bytes());
    if !kind.is_some_and(|kind| kind.starts_with(b"text/event-stream")) {
        return response;
    }
    response.map(|body| {
        let stop = Box::pin(async move { stopped.wait().await });
        Body::from_stream(body.into_data_stream().take_until(stop))
    })
}
