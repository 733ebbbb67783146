//! Every wire behind one door.

use std::any::Any;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use door::{Door, neutral, note_request};
use flows::House;
use tower_http::catch_panic::CatchPanicLayer;
use web::{ApiDoc, ApiDocs, DemoGuide};

use crate::generate::{self, Api, LOCAL_URL};

/// What the paths of our own pages, of OAuth and of the health checks begin with.
pub const FIRST_SEGMENTS: [&str; 23] = [
    ".well-known",
    "account",
    "administration",
    "api",
    "api-docs",
    "assets",
    "chats",
    "consent",
    "earlier",
    "guest",
    "healthcaremessenger_oauth",
    "healthz",
    "invitation",
    "login",
    "logout",
    "oauth",
    "people",
    "readyz",
    "sandbox",
    "search",
    "unsubscribe",
    "verify",
    "video",
];

/// Everything that clients may ask of the house.
pub fn router(house: &House) -> Router {
    guided_router(house, None)
}

/// The same, with what the front page tells the visitors of a demo.
pub fn guided_router(house: &House, guide: Option<DemoGuide>) -> Router {
    let door = Door::new(house.clone());
    let public_url = house.settings.public_url.clone();
    let docs = ApiDocs::new(Box::new(move || {
        generate::apis().into_iter().map(|api| doc(api, &public_url)).collect()
    }));
    Router::new()
        .merge(oauth::router(&door))
        .merge(kpn::router(&door))
        .merge(administration::router(&door))
        .merge(portal::router(&door))
        .merge(desk::router(&door))
        .merge(web::router(&door, guide, docs))
        .method_not_allowed_fallback(async || neutral(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed"))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(door, note_request))
}

/// An API as the server at this address offers it for download.
fn doc(api: Api, public_url: &str) -> ApiDoc {
    ApiDoc {
        name: api.name,
        title: api.title.to_owned(),
        json: api.openapi,
        postman_collection: api.collection,
        postman_environment: api.environment.replace(LOCAL_URL, public_url),
    }
}

/// The panic itself has told where it was; its text may hold what the client sent, so it is not repeated.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    neutral(StatusCode::INTERNAL_SERVER_ERROR, "internal_error")
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::sync::{Arc, Mutex};

    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use metrics_exporter_prometheus::PrometheusBuilder;
    use tower::ServiceExt as _;
    use tracing_subscriber::fmt::MakeWriter;

    use super::*;
    use crate::house::trial::Trial;

    /// Where a test's log goes.
    #[derive(Clone, Default)]
    struct Pages(Arc<Mutex<Vec<u8>>>);

    impl Pages {
        fn text(&self) -> String {
            String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
        }
    }

    impl Write for Pages {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    impl MakeWriter<'_> for Pages {
        type Writer = Self;

        fn make_writer(&self) -> Self {
            self.clone()
        }
    }

    async fn answer(router: &Router, path: &str) -> (StatusCode, String) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap();
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test]
    async fn what_visitors_make_up_is_not_in_the_metrics_and_does_not_make_them_grow() {
        let recorder = PrometheusBuilder::new().build_recorder();
        let metrics = recorder.handle();
        let _heard = metrics::set_default_local_recorder(&recorder);
        let trial = Trial::open().await;
        let router = router(&trial.house);
        for number in 0..200 {
            let paths = [
                format!("/v1/groupchats/made-up-{number}/messages"),
                format!("/v1/made-up-{number}"),
                format!("/v1//made-up-{number}"),
                format!("/assets/made-up-{number}"),
                format!("/chats/made-up-{number}?made-up={number}"),
                format!("/made-up-{number}"),
            ];
            for (path, method) in paths.iter().flat_map(|path| [(path, "GET"), (path, "MADE-UP")]) {
                let method = if method == "GET" { method.to_owned() } else { format!("{method}-{number}") };
                let request = Request::builder()
                    .method(method.as_str())
                    .uri(path)
                    .header("made-up", number)
                    .body(Body::empty());
                router.clone().oneshot(request.unwrap()).await.unwrap();
            }
        }
        let page = metrics.render();
        assert!(page.contains("method=\"other\"") && page.contains("method=\"GET\""), "{page}");
        assert!(!page.to_lowercase().contains("made-up"), "{page}");
        let series = page.lines().filter(|line| line.starts_with("bedside_http_seconds_count")).count();
        assert!(series < 50, "{series} for 2,400 requests");
        drop(router);
        trial.close().await;
    }

    /// The value of the first hidden field of this name on a page.
    fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
        let field = page.split_once(&format!("name=\"{name}\"")).unwrap().1;
        field.split_once("value=\"").unwrap().1.split_once('"').unwrap().0
    }

    #[tokio::test]
    async fn who_does_not_prove_who_they_are_is_counted_and_told_without_what_they_gave() {
        let recorder = PrometheusBuilder::new().build_recorder();
        let (metrics, log) = (recorder.handle(), Pages::default());
        let _heard = metrics::set_default_local_recorder(&recorder);
        let told =
            tracing_subscriber::fmt().with_max_level(tracing::Level::INFO).with_writer(log.clone()).finish();
        let _told = tracing::subscriber::set_default(told);
        let trial = Trial::open().await;
        let router = router(&trial.house);
        let page = router.clone().oneshot(Request::get("/login").body(Body::empty()).unwrap()).await.unwrap();
        let cookies: Vec<_> = page.headers().get_all("set-cookie").iter().collect();
        let cookies = cookies.iter().map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap());
        let cookies = cookies.collect::<Vec<_>>().join("; ");
        let page = String::from_utf8(to_bytes(page.into_body(), 1 << 20).await.unwrap().to_vec()).unwrap();
        let sign_in = format!(
            "form_token={}&email=hush%40x.example.nl&password=hush-hush-hush",
            hidden(&page, "form_token")
        );
        let redeem = "grant_type=authorization_code&code=hush&client_id=hush&client_secret=hush".to_owned();
        for (path, form, status) in [("/login", sign_in, 422), ("/oauth/token", redeem, 401)] {
            let request = Request::post(path)
                .header("cookie", &cookies)
                .header("content-type", "application/x-www-form-urlencoded")
                .header("sec-fetch-site", "same-origin")
                .body(Body::from(form));
            let response = router.clone().oneshot(request.unwrap()).await.unwrap();
            assert_eq!(response.status(), status, "{path}");
        }
        let request = Request::get("/v1/me").header("authorization", "Bearer hush").body(Body::empty());
        router.clone().oneshot(request.unwrap()).await.unwrap();
        let figures = metrics.render();
        for what in ["password", "client", "token"] {
            let line = format!("bedside_refused_credentials_total{{what=\"{what}\"}} 1");
            assert!(figures.contains(&line), "{line}: {figures}");
        }
        let log = log.text();
        assert!(log.contains("a password did not fit") && log.contains("did not prove who it is"), "{log}");
        assert!(!log.contains("hush"), "{log}");
        drop(router);
        trial.close().await;
    }

    #[tokio::test]
    async fn browsers_are_told_to_come_by_https_alone_where_that_is_how_they_come() {
        for (public_url, told) in
            [("https://zorg.example.nl", Some("max-age=31536000")), ("http://localhost:8080", None)]
        {
            let trial =
                Trial::open_with(|config| config.server.public_url = Some(public_url.to_owned())).await;
            let router = router(&trial.house);
            for path in ["/", "/login", "/chats", "/oauth/token", "/assets/none", "/nowhere"] {
                let request = Request::get(path).body(Body::empty()).unwrap();
                let response = router.clone().oneshot(request).await.unwrap();
                let header = response.headers().get("strict-transport-security");
                assert_eq!(header.map(|value| value.to_str().unwrap()), told, "{public_url}{path}");
            }
            let request = Request::get("/v1/me").body(Body::empty()).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            let header = response.headers()["strict-transport-security"].to_str().unwrap();
            assert!(header.contains("preload"), "the messenger keeps the words of its gateway: {header}");
            drop(router);
            trial.close().await;
        }
    }

    #[tokio::test]
    async fn the_messenger_is_where_the_operator_wants_it_and_nowhere_else() {
        let neutral = (StatusCode::NOT_FOUND, r#"{"error":"not_found"}"#.to_owned());
        let trial = Trial::open_with(|config| {
            config.wires.kpn_paths = vec!["/messenger".to_owned(), "/messenger/v2".to_owned()];
        });
        let trial = trial.await;
        let router = router(&trial.house);
        for there in ["/messenger/me", "/messenger/v2/me", "/messenger/v2//me", "/messenger/nowhere"] {
            let (status, body) = answer(&router, there).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{there}");
            assert!(body.contains("transactionId"), "{there}: {body}");
        }
        for gone in ["/v1/me", "/communication/kpn/healthcare-messenger/me"] {
            assert_eq!(answer(&router, gone).await, neutral, "{gone}");
        }
        drop(router);
        trial.close().await;
    }
}
