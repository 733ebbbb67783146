//! What is printed, read back.

use std::process::{Command, Stdio};

use proptest::prelude::*;

use crate::legible::legible;
use crate::{About, Paper, Picture, Style, fonts};

fn paper() -> Paper {
    let title = "Wondzorg thuis".to_owned();
    Paper::new(About {
        foot: title.clone(),
        title,
        language: "nl",
        made_ms: 1_790_000_000_000,
        page: "Pagina",
    })
}

#[test]
fn each_face_is_read_and_each_family_is_asked_once() {
    assert_eq!(fonts::count(), (16, 15, 15));
}

#[test]
fn a_character_that_no_font_has_comes_out_as_its_code() {
    assert_eq!(legible("ab\tc\u{7}d"), "ab    cd");
    assert_eq!(legible("naïef – „Straße“ œuvre Ё Ω"), "naïef – „Straße“ œuvre Ё Ω");
    assert_eq!(legible("مرحبا שלום 你好 안녕 👩‍⚕️❤️"), "مرحبا שלום 你好 안녕 👩‍⚕️❤️");
    assert_eq!(legible("\u{e000}x\u{12000}"), "[U+E000]x[U+12000]");
    assert_eq!(legible("a\u{2028}b\u{feff}"), "a\nb");
}

#[test]
fn a_long_word_stays_on_the_page_and_a_long_text_goes_on_to_the_next() {
    let mut paper = paper();
    paper.write(Style::TEXT, &"lang".repeat(3_000));
    paper.write(Style::TEXT, &"Regel.\n".repeat(120));
    assert_eq!(paper.pages(), 4, "and the fifth is begun");
    assert!(paper.finish().is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn whatever_is_written_is_a_document_for_the_archive(texts in proptest::collection::vec(".{0,60}", 1..12)) {
        let mut paper = paper();
        for text in &texts {
            paper.write_pair((Style::HEADING, text), (Style::NOTE, "12-03-2026 14:03"));
            paper.write(Style::TEXT, text);
        }
        prop_assert!(paper.finish().is_ok());
    }
}

/// The words of a PDF, or `None` where there is nothing to read it with.
fn read(pdf: &[u8]) -> Option<String> {
    use std::io::Write as _;
    let mut program = Command::new("pdftotext");
    program.args(["-layout", "-", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = program.spawn().ok()?;
    child.stdin.take()?.write_all(pdf).ok()?;
    Some(String::from_utf8_lossy(&child.wait_with_output().ok()?.stdout).into_owned())
}

#[test]
fn what_is_printed_can_be_found() {
    let mut paper = paper();
    paper.write(Style::TITLE, "Wondzorg thuis – über Straße, œuvre, façade");
    paper.write_pair((Style::HEADING, "Anna de Boer"), (Style::NOTE, "12-03-2026 14:03"));
    paper.write(
        Style::TEXT,
        "Hallo dokter 😀👍🏽 het gaat goed ❤️ 👩‍⚕️ office fi ffl\n\nTweede alinea: 37,5 °C ≥ 38 → bellen ✓",
    );
    paper.write_pair((Style::HEADING, "أحمد"), (Style::NOTE, "12-03-2026 14:04"));
    paper.write(Style::TEXT, "مرحبا دكتور، كيف حالك؟ أخذت 500 mg من Paracetamol اليوم.");
    paper.write(Style::TEXT, "שלום דוקטור, אני מרגיש טוב יותר (37.2).");
    paper.write(Style::TEXT, "你好医生 こんにちは 안녕하세요 नमस्ते Привет Γειά σου สวัสดี ሰላም Բարեւ გამარჯობა");
    let mut jpeg = Vec::new();
    image::DynamicImage::from(image::RgbImage::from_fn(640, 400, |x, y| {
        image::Rgb([(x % 256) as u8, (y % 256) as u8, 99])
    }))
    .write_to(&mut std::io::Cursor::new(&mut jpeg), image::ImageFormat::Jpeg)
    .expect("a picture");
    paper.show(Picture { jpeg, width: 640, height: 400 }, 0.0).expect("shown");
    paper.write(Style::NOTE, "foto.png · 12 kB");
    paper.rule();
    paper.write(Style::TEXT, &"lang".repeat(60));
    let pdf = paper.finish().expect("a document");
    let Some(text) = read(&pdf) else { return };
    for found in [
        "Wondzorg thuis – über Straße, œuvre, façade",
        "14:04",
        "office fi ffl",
        "Paracetamol",
        "你好医生",
        "😀",
        "Pagina 1",
    ] {
        assert!(text.contains(found), "{found}: {text}");
    }
}
