//! Looking for harm in a file while it streams. Here is the signature that needs no scanner: the test string that
//! every scanner must know, so that the way of an infected file can be tried.

/// Finds the test string in a stream, wherever the chunks are cut.
#[derive(Debug)]
pub(crate) struct Scanner {
    signature: String,
    /// The end of what came before, shorter than the signature.
    tail: Vec<u8>,
    is_infected: bool,
}

impl Scanner {
    pub fn new() -> Self {
        Self { signature: test_signature(), tail: Vec::new(), is_infected: false }
    }

    /// Looks at the next chunk, and says whether the stream is infected so far.
    pub fn feed(&mut self, chunk: &[u8]) -> bool {
        let signature = self.signature.as_bytes();
        let keep = signature.len() - 1;
        let mut seam = std::mem::take(&mut self.tail);
        seam.extend(&chunk[..chunk.len().min(keep)]);
        self.is_infected = self.is_infected || contains(&seam, signature) || contains(chunk, signature);
        if chunk.len() >= keep {
            seam.clear();
            seam.extend(&chunk[chunk.len() - keep..]);
        } else {
            seam.drain(..seam.len().saturating_sub(keep));
        }
        self.tail = seam;
        self.is_infected
    }
}

fn contains(bytes: &[u8], signature: &[u8]) -> bool {
    bytes.windows(signature.len()).any(|window| window == signature)
}

/// The EICAR test string (eicar.org), put together here so that neither this file nor the program holds it whole.
pub(crate) fn test_signature() -> String {
    [r"X5O!P%@AP[4\PZX54(P^)7CC)7}", "$EICAR-STANDARD", "-ANTIVIRUS-TEST", "-FILE!$H+H*"].concat()
}
