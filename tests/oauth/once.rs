//! A code is redeemed at most once, however many ask at the same moment.

use futures_util::future::join_all;
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use testkit::bedside_test;

use super::app::{App, PASSWORD, answer_of, browser};
use crate::cast::{Node, Ward};

const AT_ONCE: usize = 50;
const CODES: usize = 6;

#[bedside_test]
async fn of_fifty_who_bring_a_code_at_once_one_gets_a_token_and_keeps_it_not_for_long(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = App::of(&linde, |new| new.trusted = true).await;
    let mut browser = browser(&ward);
    let mut chance = TestRunner::deterministic();
    for _ in 0..CODES {
        let code = answer_of(&app.allowed(&anna, &mut browser, &[]).await)["code"].clone();
        // Some of them are wrong in one way or another; those spend nothing.
        let fits = vec(any::<bool>(), AT_ONCE).new_tree(&mut chance).unwrap().current();
        let requests = fits.iter().map(|fits| {
            let wrong: &[(&str, &str)] =
                if *fits { &[] } else { &[("redirect_uri", "http://127.0.0.1:9/other")] };
            let (app, form) = (app.clone(), app.token_form(&code, wrong));
            tokio::spawn(async move { app.redeem(&form).await })
        });
        let answers: Vec<_> = join_all(requests).await.into_iter().map(Result::unwrap).collect();
        let granted: Vec<_> = answers.iter().zip(&fits).filter(|(answer, _)| answer.status == 200).collect();
        assert_eq!(granted.len(), 1, "{:?}", answers.iter().map(|answer| answer.status).collect::<Vec<_>>());
        let (first, fits_too) = granted[0];
        assert!(fits_too);
        let others = answers.iter().filter(|answer| answer.status != 200);
        assert!(others.into_iter().all(|answer| answer.json["error"] == "invalid_grant"));
        // It was in more than one hand, so that what it gave has ended.
        assert_eq!(app.try_token(first.json["access_token"].as_str().unwrap()).await, 401);
    }
}

#[bedside_test]
async fn two_nodes_on_one_database_redeem_a_code_once(ward: Ward) {
    if matches!(ward.site.place, store::Place::File(_)) {
        // One process owns an embedded database.
        return;
    }
    let linde = ward.organisation("linde").await;
    let anna = linde.patient("Anna").await.with_password(PASSWORD).await;
    let app = App::of(&linde, |new| new.trusted = true).await;
    let node = Node::open(&ward.site, "second", Some(&ward.url)).await;
    let mut browser = browser(&ward);
    for _ in 0..CODES {
        let code = answer_of(&app.allowed(&anna, &mut browser, &[]).await)["code"].clone();
        let form = app.token_form(&code, &[]);
        let requests = (0..AT_ONCE).map(|number| {
            let url = if number % 2 == 0 { &ward.url } else { &node.url };
            let request = ward.http.post(format!("{url}/healthcaremessenger_oauth/token")).form(&form);
            tokio::spawn(async move { request.send().await.expect("an answer").status().as_u16() })
        });
        let statuses: Vec<u16> = join_all(requests).await.into_iter().map(Result::unwrap).collect();
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|status| **status == 400).count(), AT_ONCE - 1, "{statuses:?}");
    }
    node.close().await;
}
