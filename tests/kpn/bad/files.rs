//! Files that are not taken.

use testkit::bedside_test;

use super::Scene;
use crate::cast::Ward;

const MIB: usize = 1 << 20;

/// The EICAR test string (eicar.org), put together here so that no scanner stumbles over this file.
fn eicar() -> Vec<u8> {
    [r"X5O!P%@AP[4\PZX54(P^)7CC)7}", "$EICAR-STANDARD", "-ANTIVIRUS-TEST", "-FILE!$H+H*"]
        .concat()
        .into_bytes()
}

#[bedside_test]
async fn files_that_are_not_taken_leave_nothing_behind(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let before = ward.inventory().await;
    let late_virus = [b"Beste dokter, ".repeat(20_000), eicar()].concat();
    let late_binary = [b"Beste dokter, ".repeat(20_000), vec![0, 1, 2]].concat();
    let page = b"<!DOCTYPE html><html><script>alert(1)</script></html>".as_slice();
    for (name, mime, bytes, error) in [
        ("leeg.txt", "text/plain", b"".as_slice(), "file_is_empty"),
        ("foto.png", "image/png", b"%PDF-1.7 this is none", "file_type_contradicted"),
        ("brief.txt", "image/jpeg", b"just words", "file_type_contradicted"),
        ("brief.txt", "text/plain", page, "file_type_not_allowed"),
        ("pagina.html", "text/html", page, "file_type_not_allowed"),
        (
            "brief.pdf",
            "application/pdf",
            b"MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0",
            "file_type_not_allowed",
        ),
        ("programma", "", b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0", "file_type_not_allowed"),
        ("archief.zip", "application/zip", b"PK\x03\x04\x14\0\0\0\x08\0", "file_type_not_allowed"),
        ("brief.txt", "text/plain", b"caf\xe9", "file_type_not_allowed"),
        ("brief.txt", "text/plain", b"a\0b", "file_type_not_allowed"),
        ("lang.txt", "text/plain", late_binary.as_slice(), "file_type_not_allowed"),
        ("test.txt", "text/plain", eicar().as_slice(), "file_infected"),
        ("lang.txt", "text/plain", late_virus.as_slice(), "file_infected"),
    ] {
        for chat in [&scene.chat, &scene.group] {
            let path = format!("{chat}/attachments");
            let mime = if mime.is_empty() { "application/octet-stream" } else { mime };
            let good = ("goed.txt", "text/plain", b"goed".as_slice());
            let answer =
                scene.client.upload(&path, Some("Bijlage"), &[good, (name, mime, bytes), good]).await;
            assert_eq!(answer.refused(), (400, error), "{name} {mime}");
        }
        ward.pass_a_second();
    }
    assert_eq!(ward.inventory().await, before, "not even the good file beside the bad one");
}

#[bedside_test]
async fn a_file_of_25_mib_is_taken_and_one_byte_more_is_not(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let path = format!("{}/attachments", scene.chat);
    let before = ward.inventory().await;
    let mut bytes = vec![b'a'; 25 * MIB + 1];
    let answer = scene.client.upload(&path, None, &[("groot.txt", "text/plain", &bytes)]).await;
    assert_eq!(answer.refused(), (400, "too_large"));
    assert_eq!(ward.inventory().await, before);
    bytes.pop();
    let id = scene.client.upload(&path, None, &[("groot.txt", "text/plain", &bytes)]).await.created();
    let message = scene.client.get(&format!("{}/messages/{id}", scene.chat)).await.ok();
    assert_eq!(message["attachments"][0]["size"], 25 * MIB);
}

#[bedside_test]
async fn a_message_has_at_most_twenty_files(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let path = format!("{}/attachments", scene.chat);
    let before = ward.inventory().await;
    let file = ("a.txt", "text/plain", b"a".as_slice());
    assert_eq!(scene.client.upload(&path, None, &[file; 21]).await.refused(), (400, "too_large"));
    assert_eq!(scene.client.upload(&path, Some("Zonder"), &[]).await.refused(), (400, "no_files"));
    assert_eq!(ward.inventory().await, before);
    let id = scene.client.upload(&path, None, &[file; 20]).await.created();
    let message = scene.client.get(&format!("{}/messages/{id}", scene.chat)).await.ok();
    assert_eq!(message["attachments"].as_array().unwrap().len(), 20);
}

#[bedside_test]
async fn names_of_files_are_made_safe(ward: Ward) {
    let scene = Scene::of(&ward).await;
    let path = format!("{}/attachments", scene.chat);
    for (sent, kept) in [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\brief.txt", "brief.txt"),
        ("con.txt", "file-con.txt"),
        ("run.exe", "run.exe.txt"),
        ("...", "file"),
        ("a\u{202e}txt.b", "atxt.b"),
    ] {
        let id = scene.client.upload(&path, None, &[(sent, "text/plain", b"a")]).await.created();
        let message = scene.client.get(&format!("{}/messages/{id}", scene.chat)).await.ok();
        assert_eq!(message["attachments"][0]["name"], kept, "{sent}");
    }
}
