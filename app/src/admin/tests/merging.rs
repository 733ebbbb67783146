//! Two people who turned out to be one.

use super::*;

#[tokio::test]
async fn an_operator_merges_two_people_and_makes_them_two_again() {
    let trial = Trial::open().await;
    let house = &trial.house;
    done(house, organisation("linde", true)).await;
    let eva = done(house, person("eva@x.example.nl", "doctor")).await;
    let twin = done(house, person("twin@x.example.nl", "nurse")).await;
    let both =
        |act: &str, keep: &str, gone: &str| json!({ "on": "person", "act": act, "keep": keep, "gone": gone });
    let before = lines(house).await;
    let merged = done(house, both("merge", "eva@x.example.nl", "Twin@x.example.nl")).await;
    assert_eq!(merged, json!({ "kept": eva["id"], "gone": twin["id"], "undo_days": 30 }));
    assert_eq!(lines(house).await, before + 2, "one about each, in the one organisation concerned");
    let gone = twin["id"].as_str().unwrap();
    let people = || json!({ "on": "person", "act": "list", "organisation": "linde" });
    assert_eq!(done(house, people()).await.as_array().unwrap().len(), 1);
    for (keep, gone, code) in [
        ("twin@x.example.nl", "eva@x.example.nl", "same_person"),
        ("eva@x.example.nl", gone, "merged_already"),
        ("eva@x.example.nl", "nobody@x.example.nl", "not_found"),
    ] {
        assert_eq!(refused(house, both("merge", keep, gone)).await, code);
    }
    assert_eq!(refused(house, both("unmerge", gone, "eva@x.example.nl")).await, "not_found");
    let undone = done(house, both("unmerge", "eva@x.example.nl", gone)).await;
    assert_eq!(undone, json!({ "kept": eva["id"], "back": twin["id"] }));
    assert_eq!(done(house, people()).await.as_array().unwrap().len(), 2);
    assert_eq!(refused(house, both("unmerge", "eva@x.example.nl", gone)).await, "not_found");
    trial.close().await;
}
