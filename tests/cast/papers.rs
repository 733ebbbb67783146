//! Documents and archives, read back.

use std::io::{Cursor, Read as _, Write as _};
use std::process::{Command, Stdio};

use serde_json::Value;

/// The words of a PDF as a reader of it finds them; `None` where there is nothing to read it with, which is said.
pub fn words_of(pdf: &[u8]) -> Option<String> {
    let mut program = Command::new("pdftotext");
    program.args(["-layout", "-", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let Ok(mut child) = program.spawn() else {
        testkit::not_run("there is no pdftotext to read documents with");
        return None;
    };
    let (mut input, pdf) = (child.stdin.take().expect("it was asked for"), pdf.to_vec());
    let writer = std::thread::spawn(move || input.write_all(&pdf));
    let output = child.wait_with_output().expect("it ends");
    writer.join().expect("a thread").expect("it reads all");
    assert!(output.status.success(), "it is a PDF");
    Some(String::from_utf8(output.stdout).expect("UTF-8"))
}

/// The files of an archive, in their order.
pub fn files_of(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).expect("an archive");
    let count = archive.len();
    let read = |number| {
        let mut file = archive.by_index(number).expect("a file");
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).expect("whole");
        (file.name().expect("UTF-8").into_owned(), bytes)
    };
    (0..count).map(read).collect()
}

/// The data in an archive.
pub fn data_of(archive: &[u8]) -> Value {
    let files = files_of(archive);
    assert_eq!(files[0].0, "chat.json");
    serde_json::from_slice(&files[0].1).expect("JSON")
}

/// A picture with something to see, so large on its longer side.
pub fn picture(side: u32) -> Vec<u8> {
    let dot = |x: u32, y: u32| image::Rgb([(x * 3 % 256) as u8, (y * 5 % 256) as u8, (x * y % 256) as u8]);
    let small = image::DynamicImage::from(image::RgbImage::from_fn(120, 80, dot));
    let mut jpeg = Cursor::new(Vec::new());
    let picture = small.resize_exact(side, side * 2 / 3, image::imageops::FilterType::Nearest);
    picture.write_to(&mut jpeg, image::ImageFormat::Jpeg).expect("a picture");
    jpeg.into_inner()
}
