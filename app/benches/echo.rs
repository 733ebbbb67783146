//! A bare axum server that answers with what it was sent: the yardstick for what HTTP alone costs here. Prints its
//! port and serves until its standard input closes.

use axum::Router;
use axum::body::Bytes;
use axum::http::StatusCode;
use axum::routing::post;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?.port());
    let echo = Router::new().route("/echo", post(async |body: Bytes| (StatusCode::CREATED, body)));
    let until_input_ends = async {
        let mut line = String::new();
        let read = tokio::task::spawn_blocking(move || std::io::stdin().read_line(&mut line));
        drop(read.await);
    };
    axum::serve(listener, echo).with_graceful_shutdown(until_input_ends).await
}
