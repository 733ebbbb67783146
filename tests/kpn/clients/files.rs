//! Files as the clients send and fetch them.

use serde_json::{Value, json};
use testkit::bedside_test;

use super::vendor::{Kind, Vendor};
use crate::cast::{Somebody, Ward, encoded};

/// A picture of one pixel.
pub const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\nIDATx\x9cc\0\x01\0\0\x05\0\x01\r\n-\xb4\0\0\0\0IEND\xaeB`\x82";

async fn clients(ward: &Ward) -> (Vec<Vendor>, Somebody) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let token = anna.token("read write").await;
    let clients = [Kind::Sdk, Kind::Framework]
        .into_iter()
        .flat_map(|kind| ::kpn::BASE_PATHS.map(|base| Vendor::new(kind, base, ward, token.clone())))
        .collect();
    (clients, bram)
}

#[bedside_test]
async fn an_upload_comes_back_byte_for_byte_through_its_link(ward: Ward) {
    let (clients, bram) = clients(&ward).await;
    // Every byte, line ends and what looks like a boundary included, beyond one frame of the sealed file.
    let mut long = PIXEL.to_vec();
    long.extend((0..200_000_u32).map(|at| (at % 251) as u8));
    long.extend(b"\r\n----------------------------515\r\n\r\n");
    let chat = format!("conversations/{}", bram.uuid());
    for client in clients {
        let files = [("wond 1.png", "image/png", long.as_slice()), ("brief.txt", "text/plain", b"Beste\r\n")];
        let made = client.upload(&format!("{chat}/attachments"), "Twee bestanden", &files).await;
        let message = client.get(&format!("{chat}/messages/{}", made["id"].as_str().expect("an id"))).await;
        assert_eq!(message["body"], "Twee bestanden");
        let attachments = message["attachments"].as_array().expect("an array");
        assert_eq!(attachments.len(), 2);
        for (attachment, (name, mime, bytes)) in attachments.iter().zip(files) {
            assert_eq!((&attachment["name"], &attachment["mime_type"]), (&json!(name), &json!(mime)));
            assert_eq!(attachment["size"], bytes.len());
            let place = format!("{chat}/attachments/{}", attachment["id"].as_str().unwrap());
            let (link, cookies) = client.link(&format!("{place}?headers=false")).await;
            let reply = client.download(&link, mime, Some(&cookies)).await;
            assert_eq!((reply.status, reply.header("content-type")), (200, mime));
            assert!(reply.body == bytes, "the download is what was sent");
            for others in [None, Some("a=1; Path=/; Secure; b=2; HttpOnly")] {
                let reply = client.download(&link, "*/*", others).await;
                assert!(reply.status == 200 && reply.body == bytes, "no cookie is asked for: {others:?}");
            }
        }
    }
}

#[bedside_test]
async fn a_quotation_mark_in_a_name_cuts_nothing_off_however_it_is_written(ward: Ward) {
    let (clients, bram) = clients(&ward).await;
    let chat = format!("conversations/{}", bram.uuid());
    for client in clients {
        for (sent, kept) in [
            ("ö \"x\".txt", "ö _x_.txt"),
            (r#"ö \"x\".txt"#, "ö _x_.txt"),
            ("a%22b%0D%0A.txt", "a_b.txt"),
            ("100%25.txt", "100%25.txt"),
        ] {
            let made = client.upload(&format!("{chat}/attachments"), "", &[(sent, "text/plain", b"a")]).await;
            let id = made["id"].as_str().expect("an id");
            let message = client.get(&format!("{chat}/messages/{id}")).await;
            assert_eq!(message["attachments"][0]["name"], kept, "{sent}");
        }
    }
}

#[bedside_test]
async fn the_answer_to_an_upload_comes_in_one_piece(ward: Ward) {
    let (clients, bram) = clients(&ward).await;
    let path = format!("conversations/{}/attachments", bram.uuid());
    for client in clients {
        let piece = client.first_piece_of_upload(&path, "Foto", &[("a.png", "image/png", PIXEL)]).await;
        let piece = String::from_utf8(piece).expect("text");
        let (head, body) = piece.split_once("\r\n\r\n").expect("a whole head");
        let head = head.to_lowercase();
        assert!(head.starts_with("http/1.1 201") && !head.contains("transfer-encoding"), "{head}");
        assert!(head.contains(&format!("\r\ncontent-length: {}\r\n", body.len())), "{head}: {body:?}");
        let made: Value = serde_json::from_str(body).expect("JSON, whole");
        assert_eq!(made["id"].as_str().map(str::len), Some(36), "{made}");
    }
}

#[bedside_test]
async fn a_document_of_either_kind_of_chat_is_fetched_through_its_link(ward: Ward) {
    let (clients, bram) = clients(&ward).await;
    for (number, client) in clients.into_iter().enumerate() {
        let patient = format!("patient {number}/7");
        let name = json!({ "aux_id": patient }).to_string();
        client.send("PUT", &format!("users/{}/aux", bram.uuid()), &name).await;
        let new = json!({ "aux_id": patient, "members": [bram.uuid()], "subject": "Wondzorg" }).to_string();
        let made = client.send("POST", "aux/groupchats", &new).await;
        let aux = encoded(&patient);
        let chats = [
            format!("conversations/{}", bram.uuid()),
            format!("groupchats/{}", made["id"].as_str().expect("an id")),
            format!("aux/conversations/{aux}"),
            format!("aux/groupchats/{aux}"),
        ];
        for chat in chats {
            client.send("POST", &format!("{chat}/messages"), r#"{"body":"Goedemorgen"}"#).await;
            // As both clients write instants.
            let at = |hours: i64| ward.clock.now() + jiff::SignedDuration::from_hours(hours);
            let [from, until] =
                [at(-24), at(24)].map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ+00:00").to_string());
            let dates = format!("start_date={}&end_date={}", encoded(&from), encoded(&until));
            let (link, cookies) = client.link(&format!("{chat}/pdf?{dates}&headers=false")).await;
            assert!(link.starts_with(&format!("{}{}/", ward.url, client.base)), "{link}");
            assert!(
                !link.contains("patient") && link.contains("start_date=") && link.contains("end_date="),
                "{link}"
            );
            let document = client.download(&link, "application/pdf", Some(&cookies)).await;
            assert_eq!(
                (document.status, document.header("content-type")),
                (200, "application/pdf"),
                "{link}"
            );
            assert!(document.body.starts_with(b"%PDF-"), "{link}");
        }
    }
}

#[bedside_test]
async fn a_file_without_a_text_is_a_message_too(ward: Ward) {
    let (clients, bram) = clients(&ward).await;
    let chat = format!("conversations/{}", bram.uuid());
    for client in clients {
        let made = client.upload(&format!("{chat}/attachments"), "", &[("a.png", "image/png", PIXEL)]).await;
        let message = client.get(&format!("{chat}/messages/{}", made["id"].as_str().unwrap())).await;
        assert_eq!((&message["body"], &message["attachments"][0]["name"]), (&json!(""), &json!("a.png")));
    }
}

#[bedside_test]
async fn a_link_is_a_redirect_unless_headers_are_refused(ward: Ward) {
    let (clients, bram) = clients(&ward).await;
    let chat = format!("conversations/{}", bram.uuid());
    for client in clients {
        let made = client.upload(&format!("{chat}/attachments"), "", &[("a.png", "image/png", PIXEL)]).await;
        let message = client.get(&format!("{chat}/messages/{}", made["id"].as_str().unwrap())).await;
        let place = format!("{chat}/attachments/{}", message["attachments"][0]["id"].as_str().unwrap());
        let quiet = client.call("GET", &format!("{place}?headers=false"), None).await;
        assert_eq!((quiet.status, quiet.header("location")), (302, ""));
        let cookie = format!("link=1; Path={}; HttpOnly; SameSite=Strict", client.base);
        assert_eq!(quiet.all("set-cookie").collect::<Vec<_>>(), [cookie.as_str()]);
        let link = quiet.json()["link"].as_str().unwrap().to_owned();
        assert!(link.starts_with(&format!("{}{}/", ward.url, client.base)), "{link}");
        for query in ["", "?headers=true"] {
            let loud = client.call("GET", &format!("{place}{query}"), None).await;
            assert_eq!((loud.status, loud.header("location")), (302, link.as_str()));
            assert_eq!(loud.json()["link"], link);
        }
        let odd = client.call("GET", &format!("{place}?headers=maybe"), None).await;
        assert_eq!((odd.status, odd.json()["error"].clone()), (400, json!("not_boolean")));
    }
}

#[bedside_test]
async fn over_https_the_cookie_of_a_link_is_for_https_alone(ward: Ward) {
    let linde = ward.organisation("linde").await;
    let (anna, bram) = (linde.doctor("Anna").await, linde.patient("Bram").await);
    let chat = format!("conversations/{}", bram.uuid());
    let client = anna.kpn().await;
    client.say(&chat, "Goedemorgen").await;
    let node = ward.restarted_with(|settings| settings.public_url = "https://chat.example.test".to_owned());
    let node = node.await;
    let answer = client.on(&node.url).get(&format!("{chat}/pdf")).await;
    assert_eq!(answer.header("set-cookie"), "link=1; Path=/v1; HttpOnly; SameSite=Strict; Secure");
    node.close().await;
}

#[bedside_test]
async fn a_download_is_never_shown_in_place(ward: Ward) {
    let (clients, bram) = clients(&ward).await;
    let (chat, client) = (format!("conversations/{}", bram.uuid()), &clients[0]);
    let name = "uitslag é \u{202e}gnp.html";
    let made =
        client.upload(&format!("{chat}/attachments"), "", &[(name, "text/plain", b"geen opmaak")]).await;
    let message = client.get(&format!("{chat}/messages/{}", made["id"].as_str().unwrap())).await;
    let file = &message["attachments"][0];
    assert_eq!(file["name"], "uitslag é gnp.html.txt", "a name that runs is not believed");
    let place = format!("{chat}/attachments/{}?headers=false", file["id"].as_str().unwrap());
    let (link, cookies) = client.link(&place).await;
    let reply = client.download(&link, "text/plain", Some(&cookies)).await;
    let disposition = "attachment; filename*=UTF-8''uitslag%20%C3%A9%20gnp.html.txt";
    for (header, value) in [
        ("content-disposition", disposition),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("cache-control", "no-store"),
    ] {
        assert_eq!(reply.header(header), value, "{header}");
    }
}

#[bedside_test]
async fn a_groups_picture_comes_as_the_clients_send_it(ward: Ward) {
    let (clients, bram) = clients(&ward).await;
    for client in clients {
        let new = json!({ "subject": "Wondzorg", "members": [bram.uuid()] });
        let made = client.send("POST", "groupchats", &new.to_string()).await;
        let group = format!("groupchats/{}", made["id"].as_str().expect("an id"));
        assert!(client.get(&group).await["avatar"].is_null());
        let answer = client.upload_avatar(&format!("{group}/avatar"), "groep.png", "image/png", PIXEL).await;
        let link = client.get(&group).await["avatar"].as_str().expect("a link").to_owned();
        assert_eq!(answer["avatar"], link.as_str());
        let base = format!("{}{}/", ward.url, client.base);
        assert!(link.starts_with(&base), "a proxy may pass on no other: {link}");
        client.upload_avatar("me/avatar", "ik.png", "image/png", PIXEL).await;
        for list in ["groupchats", &format!("{group}/members")] {
            let shown = client.get(list).await;
            let links = shown.as_array().expect("an array").iter().filter_map(|one| one["avatar"].as_str());
            let links: Vec<&str> = links.collect();
            assert!(
                !links.is_empty() && links.iter().all(|link| link.starts_with(&base)),
                "{list}: {links:?}"
            );
        }
        let picture = client.download(&link, "image/*", None).await;
        assert_eq!((picture.status, picture.header("content-type")), (200, "image/jpeg"));
        assert!(picture.body.starts_with(b"\xff\xd8\xff"));
    }
}
