//! Associated data: what a sealed value is bound to, written so that no two meanings give the same bytes.

/// What the bytes bind, so that a row's value can never pass for a frame of a file or a wrapped key.
#[derive(Clone, Copy)]
pub(crate) enum Binds {
    Row = 1,
    Frame = 2,
    DataKey = 3,
}

/// Writes a version, what is bound, and then each part after its length.
pub(crate) fn associated<const N: usize>(version: u8, binds: Binds, parts: [&[u8]; N]) -> Vec<u8> {
    let length = parts.iter().map(|part| part.len() + 8).sum::<usize>();
    let mut bytes = Vec::with_capacity(2 + length);
    bytes.extend([version, binds as u8]);
    for part in parts {
        bytes.extend((part.len() as u64).to_be_bytes());
        bytes.extend(part);
    }
    bytes
}
