//! Bytes for hashes and MACs, written so that no two contents give the same bytes.

/// Bytes that hold an encoded line without growing, but for one with a long reason.
const USUAL_BYTES: usize = 320;

/// Writes fields one after the other, each with its length, or with a mark that there is none.
pub(crate) struct Encoding(Vec<u8>);

impl Encoding {
    /// Begins; `what` keeps apart the things that are encoded.
    pub fn of(what: &str) -> Self {
        Self(Vec::with_capacity(USUAL_BYTES)).bytes(what.as_bytes())
    }

    pub fn bytes(mut self, field: &[u8]) -> Self {
        self.0.extend((field.len() as u64).to_be_bytes());
        self.0.extend(field);
        self
    }

    /// No field is marked by a length that no field has.
    pub fn maybe(mut self, field: Option<&[u8]>) -> Self {
        match field {
            Some(field) => self.bytes(field),
            None => {
                self.0.extend([0xff; 8]);
                self
            }
        }
    }

    pub fn text(self, field: Option<&str>) -> Self {
        self.maybe(field.map(str::as_bytes))
    }

    pub fn number(self, field: i64) -> Self {
        self.bytes(&field.to_be_bytes())
    }

    pub fn done(self) -> Vec<u8> {
        self.0
    }
}
