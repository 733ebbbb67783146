//! What a file is, by its own bytes.

/// The types that are taken in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Media {
    /// A document.
    Pdf,
    /// A photo.
    Jpeg,
    /// A picture.
    Png,
    /// A picture that may move.
    Gif,
    /// A picture.
    Webp,
    /// A photo of a telephone.
    Heic,
    /// A film.
    Mp4,
    /// A recording.
    M4a,
    /// A text of Word.
    Docx,
    /// A sheet of Excel.
    Xlsx,
    /// A text of LibreOffice.
    Odt,
    /// Plain text in UTF-8.
    Text,
}

/// A type without a claim: the sender does not know.
const NO_CLAIM: &[&str] = &["", "application/octet-stream", "binary/octet-stream"];

impl Media {
    /// Every type.
    pub const ALL: [Self; 12] = [
        Self::Pdf,
        Self::Jpeg,
        Self::Png,
        Self::Gif,
        Self::Webp,
        Self::Heic,
        Self::Mp4,
        Self::M4a,
        Self::Docx,
        Self::Xlsx,
        Self::Odt,
        Self::Text,
    ];

    /// Its registered name.
    #[must_use]
    pub const fn mime(self) -> &'static str {
        self.claims()[0]
    }

    /// The extension that names of this type end in.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Pdf => "pdf",
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::Gif => "gif",
            Self::Webp => "webp",
            Self::Heic => "heic",
            Self::Mp4 => "mp4",
            Self::M4a => "m4a",
            Self::Docx => "docx",
            Self::Xlsx => "xlsx",
            Self::Odt => "odt",
            Self::Text => "txt",
        }
    }

    /// The names that senders truthfully give it, its registered one first.
    const fn claims(self) -> &'static [&'static str] {
        match self {
            Self::Pdf => &["application/pdf", "application/x-pdf"],
            Self::Jpeg => &["image/jpeg", "image/jpg", "image/pjpeg"],
            Self::Png => &["image/png", "image/x-png"],
            Self::Gif => &["image/gif"],
            Self::Webp => &["image/webp"],
            Self::Heic => &["image/heic", "image/heif"],
            Self::Mp4 => &["video/mp4", "application/mp4", "audio/mp4", "video/x-m4v"],
            Self::M4a => &["audio/mp4", "audio/m4a", "audio/x-m4a", "video/mp4"],
            Self::Docx => &[
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                "application/zip",
                "application/x-zip-compressed",
            ],
            Self::Xlsx => &[
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "application/zip",
                "application/x-zip-compressed",
            ],
            Self::Odt => &[
                "application/vnd.oasis.opendocument.text",
                "application/zip",
                "application/x-zip-compressed",
            ],
            Self::Text => &["text/plain", "text/csv", "text/markdown", "text/tab-separated-values"],
        }
    }

    /// Whether the sender's word for the file does not contradict its bytes: it is one of the type's names, or no
    /// claim at all. Parameters and case do not matter.
    #[must_use]
    pub fn agrees_with(self, declared: Option<&str>) -> bool {
        let essence =
            declared.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        NO_CLAIM.contains(&essence.as_str()) || self.claims().contains(&essence.as_str())
    }

    /// What a file is that begins with these bytes; `None` when it is nothing that is taken in.
    ///
    /// Some marks are only a few letters ("BM" is a bitmap), so a beginning that is plain text is text, whatever
    /// its first letters are, unless it is a document with a readable mark.
    #[must_use]
    pub fn sniff(head: &[u8], is_text_so_far: bool) -> Option<Self> {
        let named = infer::get(head);
        if is_text_so_far {
            return match named.map(|kind| kind.mime_type()) {
                Some("application/pdf") if head.starts_with(b"%PDF-") => Some(Self::Pdf),
                // Markup and scripts are no plain text: some program would run them.
                Some(mime) if mime.starts_with("text/") => None,
                _ => Some(Self::Text),
            };
        }
        match named?.mime_type() {
            "application/pdf" => Some(Self::Pdf),
            "image/jpeg" => Some(Self::Jpeg),
            "image/png" => Some(Self::Png),
            "image/gif" => Some(Self::Gif),
            "image/webp" => Some(Self::Webp),
            "image/heif" => Some(Self::Heic),
            "video/mp4" | "video/x-m4v" => Some(Self::Mp4),
            "audio/m4a" => Some(Self::M4a),
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document" => Some(Self::Docx),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => Some(Self::Xlsx),
            "application/vnd.oasis.opendocument.text" => Some(Self::Odt),
            _ => office_archive(head),
        }
    }
}

/// Some programs write the parts of an office document in an order of their own: then the names of the parts tell.
fn office_archive(head: &[u8]) -> Option<Media> {
    let names: Vec<&[u8]> = part_names(head).collect();
    if !names.iter().any(|name| name.starts_with(b"[Content_Types].xml") || name.starts_with(b"_rels/.rels"))
    {
        return None;
    }
    let has = |folder: &[u8]| names.iter().any(|name| name.starts_with(folder));
    match (has(b"word/"), has(b"xl/")) {
        (true, false) => Some(Media::Docx),
        (false, true) => Some(Media::Xlsx),
        _ => None,
    }
}

/// What follows the fixed part of each local file header of a ZIP archive (APPNOTE 4.3.7): the part's name.
fn part_names(head: &[u8]) -> impl Iterator<Item = &[u8]> {
    const MARK: &[u8] = b"PK\x03\x04";
    const FIXED_BYTES: usize = 30;
    let is_archive = head.starts_with(MARK);
    let starts = head.windows(MARK.len()).enumerate().filter(|(_, window)| *window == MARK);
    starts.filter_map(move |(at, _)| head.get(at + FIXED_BYTES..)).filter(move |_| is_archive)
}
