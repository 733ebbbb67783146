//! Names that fool nobody, and types that the bytes tell.

use kernel::Error;
use kernel::limits::{FILE_BYTES_MAX, FILE_NAME_CHARS_MAX};
use proptest::prelude::*;

use crate::files::{Intake, Media, safe_name};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0";

fn take(declared: Option<&str>, bytes: &[u8], chunk: usize) -> Result<Media, &'static str> {
    let mut intake = Intake::new(declared);
    let pushed = bytes.chunks(chunk).try_for_each(|chunk| intake.push(chunk));
    match pushed.and_then(|()| intake.finish()) {
        Ok((media, size)) => {
            assert_eq!(size, bytes.len() as u64);
            Ok(media)
        }
        Err(Error::Unsupported { why } | Error::Invalid { why, .. }) => Err(why.code),
        Err(Error::TooLarge { limit }) => Err(limit.name),
        Err(other) => panic!("{other:?}"),
    }
}

/// A ZIP archive's local headers with these names, as far as sniffing looks.
fn archive(parts: &[&str]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        let mut header = [0u8; 30];
        header[..4].copy_from_slice(b"PK\x03\x04");
        header[26] = u8::try_from(part.len()).unwrap();
        bytes.extend(header);
        bytes.extend(part.bytes());
        bytes.extend([7; 64]);
    }
    bytes
}

#[test]
fn every_type_on_the_list_is_known_by_its_bytes() {
    let boxed = |brand: &[u8]| [b"\0\0\0\x18ftyp", brand, b"\0\0\0\0", brand, b"heic"].concat();
    let odt = [&archive(&["mimetype"])[..38], b"application/vnd.oasis.opendocument.text", &[0; 40]].concat();
    let samples: [(Media, Vec<u8>); 13] = [
        (Media::Pdf, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj".to_vec()),
        (Media::Pdf, b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n".to_vec()),
        (Media::Jpeg, b"\xff\xd8\xff\xe0\0\x10JFIF\0".to_vec()),
        (Media::Png, PNG.to_vec()),
        (Media::Gif, b"GIF89a\x01\0\x01\0\x80\0\0".to_vec()),
        (Media::Webp, b"RIFF\x24\0\0\0WEBPVP8 ".to_vec()),
        (Media::Heic, boxed(b"heic")),
        (Media::Mp4, boxed(b"isom")),
        (Media::M4a, boxed(b"M4A ")),
        (
            Media::Docx,
            archive(&[
                "[Content_Types].xml",
                "_rels/.rels",
                "docProps/app.xml",
                "docProps/core.xml",
                "word/document.xml",
            ]),
        ),
        (Media::Xlsx, archive(&["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/styles.xml"])),
        (Media::Odt, odt),
        (Media::Text, "Grüße aus der Praxis 😀\r\n\tEnde".into()),
    ];
    for (media, bytes) in samples {
        for chunk in [1, 5, 4_096] {
            assert_eq!(take(None, &bytes, chunk), Ok(media), "without a claim");
            assert_eq!(take(Some("application/octet-stream"), &bytes, chunk), Ok(media), "with no claim");
            assert_eq!(take(Some(media.mime()), &bytes, chunk), Ok(media), "truthfully declared");
        }
        for other in Media::ALL.into_iter().filter(|other| !media.agrees_with(Some(other.mime()))) {
            assert_eq!(
                take(Some(other.mime()), &bytes, 64),
                Err("file_type_contradicted"),
                "{media:?} as {other:?}"
            );
        }
    }
}

#[test]
fn what_is_not_on_the_list_is_refused_whatever_it_is_called() {
    let elf = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0".to_vec();
    let exe = [b"MZ\x90\0".as_slice(), &[0; 200]].concat();
    let zip = archive(&["a.txt", "b.txt"]);
    let jar = archive(&["META-INF/MANIFEST.MF", "word/x", "A.class"]);
    let html = b"<!DOCTYPE html><html><script>alert(1)</script></html>".to_vec();
    let script = b"#!/bin/sh\nrm -rf /\n".to_vec();
    let utf16 = b"\xff\xfeH\0i\0".to_vec();
    let latin1 = b"Gr\xfc\xdfe".to_vec();
    let half_a_character = "Grüße 😀".as_bytes()[..11].to_vec();
    let with_nul = b"text\0text".to_vec();
    for bytes in [elf, exe, zip, jar, html, script, utf16, latin1, half_a_character, with_nul] {
        for declared in [None, Some("text/plain"), Some("application/pdf")] {
            assert_eq!(
                take(declared, &bytes, 3),
                Err("file_type_not_allowed"),
                "{:?}",
                String::from_utf8_lossy(&bytes)
            );
        }
    }
}

#[test]
fn text_whose_first_letters_mean_something_is_still_text() {
    for text in [
        "BMI 24.3, weight 71 kg",
        "GIF is a format",
        "II. Second chapter",
        "MZ",
        "M4A recording follows",
        "%PDF",
    ] {
        assert_eq!(take(Some("text/plain; charset=utf-8"), text.as_bytes(), 2), Ok(Media::Text), "{text}");
    }
    let long = "Überall Text. ".repeat(4_000);
    assert_eq!(take(None, long.as_bytes(), 7), Ok(Media::Text));
    let ends_badly = [long.as_bytes(), b"\xff"].concat();
    assert_eq!(take(None, &ends_badly, 1_000), Err("file_type_not_allowed"));
}

#[test]
fn a_file_has_1_byte_to_25_mib() {
    assert_eq!(take(None, b"", 1), Err("file_is_empty"));
    let mut most = vec![b'a'; usize::try_from(FILE_BYTES_MAX).unwrap()];
    assert_eq!(take(None, &most, 1 << 20), Ok(Media::Text));
    most.push(b'a');
    assert_eq!(take(None, &most, 1 << 20), Err("file_bytes"));
}

#[test]
fn the_test_virus_is_found_wherever_chunks_are_cut() {
    let virus = crate::files::test_signature();
    for chunk in 1..=virus.len() + 3 {
        for around in [["", ""], ["x", "y"], ["some text before ", " and after"]] {
            let bytes = [around[0], &virus, around[1]].concat();
            assert_eq!(
                take(Some("text/plain"), bytes.as_bytes(), chunk),
                Err("file_infected"),
                "in chunks of {chunk}"
            );
        }
    }
    let almost = &virus[..virus.len() - 1];
    assert_eq!(take(None, almost.as_bytes(), 5), Ok(Media::Text));
}

#[test]
fn a_name_is_a_name_and_no_path_and_no_trick() {
    let cases = [
        ("scan.pdf", "scan.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\anna\\wound.jpg", "wound.jpg"),
        ("gpj.\u{202e}exe", "gpj.exe"),
        ("a\0b\r\nc.txt", "abc.txt"),
        (".htaccess", "htaccess"),
        ("..", "file"),
        ("", "file"),
        ("   ", "file"),
        ("report.pdf. . ", "report.pdf"),
        ("CON.txt", "file-CON.txt"),
        ("what?<now>.png", "what__now_.png"),
        ("Überweisung 字 👩‍⚕️.pdf", "Überweisung 字 👩‍⚕️.pdf"),
    ];
    for (name, safe) in cases {
        assert_eq!(safe_name(name), safe, "{name:?}");
    }
    let long = format!("{}.pdf", "x".repeat(400));
    assert!(safe_name(&long).ends_with("x.pdf") && safe_name(&long).len() <= FILE_NAME_CHARS_MAX);
}

proptest! {
    #[test]
    fn any_name_becomes_safe_and_stays_what_it_became(name in any::<String>()) {
        let safe = safe_name(&name);
        prop_assert!(!safe.is_empty() && safe.chars().count() <= FILE_NAME_CHARS_MAX);
        let fools = safe.chars().any(|c| c.is_control() || "/\\<>:\"|?*\u{202e}\u{2066}".contains(c));
        prop_assert!(!fools);
        prop_assert!(!safe.starts_with('.') && !safe.ends_with('.'));
        prop_assert_eq!(safe_name(&safe), safe.clone());
    }

    #[test]
    fn no_bytes_make_the_intake_panic(bytes in prop::collection::vec(any::<u8>(), 1..400), chunk in 1usize..50) {
        let _ = take(None, &bytes, chunk);
        let _ = take(None, &[b"PK\x03\x04".as_slice(), &bytes].concat(), chunk);
        let _ = take(Some("text/plain"), &[b"\0\0\0\x18ftyp".as_slice(), &bytes].concat(), chunk);
    }

    #[test]
    fn any_text_is_text_however_it_is_cut(text in "[^\\p{Cc}<#%{]{1,80}", chunk in 1usize..9) {
        prop_assert_eq!(take(None, text.as_bytes(), chunk), Ok(Media::Text));
    }
}
