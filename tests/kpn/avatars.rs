//! Pictures of people and groups: small squares for whom may see what they show.

use std::io::Cursor;

use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use kernel::limits::PICTURE_BYTES_MAX;
use reqwest::Method;
use serde_json::json;
use testkit::bedside_test;

use super::clients::PIXEL;
use crate::cast::{Answer, Kpn, Ward};

/// A photo of one colour, broader than high.
fn photo(format: ImageFormat, colour: [u8; 3]) -> Vec<u8> {
    let image: DynamicImage = RgbImage::from_pixel(700, 400, Rgb(colour)).into();
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).expect("a photo");
    bytes.into_inner()
}

async fn set(client: &Kpn, path: &str, mime: &str, bytes: &[u8]) -> Answer {
    client.upload_as("avatar", path, None, &[("ik.jpg", mime, bytes)]).await
}

/// What a link leads to: status, mark, and the picture.
async fn fetch(ward: &Ward, client: &Kpn, link: &str, mark: Option<&str>) -> (u16, String, Vec<u8>) {
    ward.pass_a_second();
    let mut request = ward.http.get(link).bearer_auth(&client.token);
    if let Some(mark) = mark {
        request = request.header("If-None-Match", mark);
    }
    let answer = request.send().await.expect("an answer");
    let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    let (status, mark) = (answer.status().as_u16(), header("etag").unwrap_or_default());
    if status < 400 {
        assert_eq!(
            header("cache-control").as_deref(),
            Some("private, no-cache"),
            "it is asked for each time"
        );
    }
    (status, mark, answer.bytes().await.expect("a body").to_vec())
}

#[bedside_test]
async fn a_picture_is_seen_by_whoever_may_see_the_person(ward: Ward) {
    let linde = ward.organisation_where("linde", false).await;
    let (anna, bram, chris) =
        (linde.doctor("Anna").await, linde.patient("Bram").await, linde.patient("Chris").await);
    let eva = ward.organisation("eik").await.doctor("Eva").await;
    let (doctor, patient, other, stranger) =
        (anna.kpn().await, bram.kpn().await, chris.kpn().await, eva.kpn().await);
    let path = format!("users/{}/avatar", bram.uuid());
    assert_eq!(doctor.get(&path).await.refused(), (404, "avatar_not_found"));
    assert!(patient.get("me").await.ok()["avatar"].is_null());
    // What counts is what the bytes say.
    let set = set(&patient, "me/avatar", "image/gif", &photo(ImageFormat::Jpeg, [10, 120, 10])).await.ok();
    let link = set["avatar"].as_str().expect("a link").to_owned();
    assert_eq!(patient.get("me").await.ok()["avatar"], link.as_str());
    assert_eq!(doctor.get(&format!("users/{}", bram.uuid())).await.ok()["avatar"], link.as_str());

    let (status, mark, bytes) = fetch(&ward, &doctor, &link, None).await;
    let picture = image::load_from_memory(&bytes).expect("a picture");
    assert_eq!((status, picture.width(), picture.height()), (200, 256, 256));
    assert_eq!(fetch(&ward, &doctor, &link, Some(&mark)).await, (304, mark.clone(), Vec::new()));
    assert_eq!(fetch(&ward, &doctor, &link, Some("\"elsewhere\"")).await.0, 200);
    for (client, error) in [(&other, "user_not_found"), (&stranger, "user_not_found")] {
        assert_eq!(client.get(&path).await.refused(), (404, error));
    }
    // Who is in a group together knows each other, though patients do not find each other here.
    let new = json!({ "subject": "Lotgenoten", "members": [bram.uuid(), chris.uuid()] });
    let group = format!("groupchats/{}", doctor.post("groupchats", new).await.created());
    assert_eq!(fetch(&ward, &other, &link, None).await.0, 200);
    let members = other.get(&format!("{group}/members")).await.ok();
    let shown = members.as_array().unwrap().iter().find(|user| user["id"] == bram.uuid()).unwrap().clone();
    assert_eq!(shown["avatar"], link.as_str());

    ward.pass_a_second();
    let again =
        self::set(&patient, "me/avatar", "application/octet-stream", &photo(ImageFormat::Png, [200, 0, 0]))
            .await
            .ok();
    assert_ne!(again["avatar"], link.as_str(), "another picture, another address");
    assert_eq!(fetch(&ward, &doctor, &link, Some(&mark)).await.0, 200, "the old mark no longer does");
    patient.delete("me/avatar", json!({})).await.ok();
    patient.delete("me/avatar", json!({})).await.ok();
    assert_eq!(doctor.get(&path).await.refused(), (404, "avatar_not_found"));
    assert!(doctor.get(&format!("users/{}", bram.uuid())).await.ok()["avatar"].is_null());
    ward.settle().await;
    let lines = "SELECT COUNT(*) FROM audit_lines WHERE kind = 'administration' AND patient = person
        AND reason IN ('picture set', 'picture removed')";
    let count = ward.house.db.read(lines, |tx, sql| Box::pin(tx.one(sql, &[], |row| row.get::<i64>(0))));
    assert_eq!(count.await.expect("a count"), Some(3), "the patient sees what became of their picture");
}

#[bedside_test]
async fn a_group_shows_the_picture_that_its_admins_gave_it(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram, chris) =
        (linde.doctor("Anna").await, linde.patient("Bram").await, linde.doctor("Chris").await);
    let (doctor, patient, other) = (anna.kpn().await, bram.kpn().await, chris.kpn().await);
    let new = json!({ "subject": "Wondzorg", "members": [bram.uuid()] });
    let group = format!("groupchats/{}", doctor.post("groupchats", new).await.created());
    let path = format!("{group}/avatar");
    assert_eq!(doctor.get(&path).await.refused(), (404, "avatar_not_found"));
    let refused = set(&patient, &path, "image/png", PIXEL).await;
    assert_eq!(refused.refused(), (403, "not_an_admin"));
    assert_eq!(patient.delete(&path, json!({})).await.refused(), (403, "not_an_admin"));
    let link = set(&doctor, &path, "image/png", PIXEL).await.ok()["avatar"].as_str().unwrap().to_owned();
    assert_eq!(patient.get(&group).await.ok()["avatar"], link.as_str());
    assert_eq!(patient.get("groupchats").await.ok()[0]["avatar"], link.as_str());
    assert_eq!(fetch(&ward, &patient, &link, None).await.0, 200);
    assert_eq!(other.get(&path).await.refused(), (404, "groupchat_not_found"));
    assert_eq!(set(&other, &path, "image/png", PIXEL).await.refused(), (404, "groupchat_not_found"));
    doctor.delete(&path, json!({})).await.ok();
    assert!(patient.get(&group).await.ok()["avatar"].is_null());
    ward.pass_a_second();
    set(&doctor, &path, "image/png", PIXEL).await.ok();
    doctor.delete(&group, json!({ "remove": true })).await.ok();
    ward.settle().await;
    let left = "SELECT COUNT(*) FROM chat_pictures";
    let count = ward.house.db.read(left, |tx, sql| Box::pin(tx.one(sql, &[], |row| row.get::<i64>(0))));
    assert_eq!(count.await.expect("a count"), Some(0));
}

/// A PNG that says that it has so many pixels.
fn bomb() -> Vec<u8> {
    let mut png = PIXEL.to_vec();
    png[16..24].copy_from_slice(b"\0\0\xea\x60\0\0\xea\x60");
    let sum = png[12..29].iter().fold(!0_u32, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(sum & 1)))
    });
    png[29..33].copy_from_slice(&(!sum).to_be_bytes());
    png
}

#[bedside_test]
async fn what_is_no_picture_is_refused_and_changes_nothing(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let anna = linde.doctor("Anna").await;
    let client = anna.kpn().await;
    let link = set(&client, "me/avatar", "image/png", PIXEL).await.ok()["avatar"].clone();
    let new = json!({ "subject": "Wondzorg" });
    let group = format!("groupchats/{}", client.post("groupchats", new).await.created());
    let long = vec![0xff; PICTURE_BYTES_MAX + 1];
    let huge = vec![0xff; 25 << 20];
    let broken = photo(ImageFormat::Jpeg, [9, 9, 9])[..200].to_vec();
    let before = ward.inventory().await;
    for path in ["me/avatar".to_owned(), format!("{group}/avatar")] {
        for (bytes, error) in [
            (&b""[..], "file_is_empty"),
            (b"<svg onload=alert(1)>", "file_type_not_allowed"),
            (b"%PDF-1.7 and so on", "file_type_not_allowed"),
            (b"\x89PNG\r\n\x1a\n", "picture_unreadable"),
            (&broken, "picture_unreadable"),
            (&bomb(), "too_large"),
            (&long, "too_large"),
            (&huge, "too_large"),
        ] {
            ward.pass_a_second();
            let refused = set(&client, &path, "image/png", bytes).await;
            assert_eq!(refused.refused(), (400, error), "{path}");
        }
        ward.pass_a_second();
        let elsewhere = client.upload(&path, None, &[("ik.png", "image/png", PIXEL)]).await;
        assert_eq!(elsewhere.refused(), (400, "unknown_part"));
        let two = [("a.png", "image/png", PIXEL), ("b.png", "image/png", PIXEL)];
        assert_eq!(client.upload_as("avatar", &path, None, &two).await.refused(), (400, "one_picture"));
        let json = client.post(&path, json!({ "avatar": "aGFsbG8=" })).await;
        assert_eq!(json.refused(), (400, "not_multipart"));
        assert_eq!(client.send(Method::PUT, &path, None).await.refused().0, 405);
    }
    assert_eq!(client.get("me").await.ok()["avatar"], link);
    assert!(client.get(&group).await.ok()["avatar"].is_null());
    assert_eq!(ward.inventory().await, before);
    for path in ["users/nobody/avatar", "users/%00/avatar", "groupchats/nobody/avatar"] {
        assert_eq!(client.get(path).await.status, 404, "{path}");
    }
}
