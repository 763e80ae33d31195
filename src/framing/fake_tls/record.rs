//! The records that the bytes travel in, once the hellos are exchanged.
//!
//! ```text
//!  0    1       3        5
//! +----+-------+--------+-------------+
//! | 17 | 03 03 | length | bytes ...   |    length big-endian
//! +----+-------+--------+-------------+
//! ```

use super::FakeTlsError;

/// The most bytes of a record that is read: what TLS 1.3 allows, [RFC 8446, section 5.2][rfc].
///
/// [rfc]: https://www.rfc-editor.org/rfc/rfc8446#section-5.2
pub const MAX_RECORD: usize = (1 << 14) + 256;

/// The most bytes of a record that is written by a client. TDLib's choice: two segments of TCP.
const CLIENT_RECORD: usize = 2_878;

/// The most bytes of a record that is written by a server: the most that TLS has inside of one.
const SERVER_RECORD: usize = 1 << 14;

/// Before a record: its type, version and length.
const HEADER: usize = 5;

const CHANGE_CIPHER_SPEC: u8 = 0x14;
pub(super) const HANDSHAKE: u8 = 0x16;
const DATA: u8 = 0x17;

/// What a client of TLS 1.3 sends before its first data, and a server after its ServerHello, for the sake of middleboxes.
pub(super) const CHANGE_CIPHER_SPEC_RECORD: [u8; 6] = [CHANGE_CIPHER_SPEC, 3, 3, 0, 1, 1];

/// Writes records and reads those of the other side.
#[derive(Debug)]
pub struct Records {
    most: usize,
    /// Whether ChangeCipherSpec is still to be written.
    announces: bool,
    state: State,
    /// Whether ChangeCipherSpec may come.
    may_announce: bool,
}

#[derive(Debug)]
enum State {
    /// This much of a header is there.
    Header { bytes: [u8; HEADER], length: usize },
    /// So many bytes of data come.
    Data { left: usize },
    /// ChangeCipherSpec comes: one byte.
    Announcement,
    /// A rule was broken.
    Failed(FakeTlsError),
}

const START: State = State::Header { bytes: [0; HEADER], length: 0 };

impl Records {
    /// The client's end, after the hellos.
    #[must_use]
    pub const fn client() -> Self {
        Self { most: CLIENT_RECORD, announces: true, state: START, may_announce: false }
    }

    /// The server's end, after the hellos.
    #[must_use]
    pub const fn server() -> Self {
        Self { most: SERVER_RECORD, announces: false, state: START, may_announce: true }
    }

    /// Appends the records of `bytes` to `out`.
    pub fn seal(&mut self, bytes: &[u8], out: &mut Vec<u8>) {
        for piece in bytes.chunks(self.most) {
            if std::mem::take(&mut self.announces) {
                out.extend_from_slice(&CHANGE_CIPHER_SPEC_RECORD);
            }
            out.extend_from_slice(&header(DATA, piece.len()));
            out.extend_from_slice(piece);
        }
    }

    /// Takes bytes from the front of `input`, and gives the next run of data among them: that of one record, or the part
    /// of it that came. `None` says that `input` is used up. Nothing but headers is kept.
    ///
    /// # Errors
    ///
    /// When a rule is broken, and from then on always.
    pub fn open<'i>(&mut self, input: &mut &'i [u8]) -> Result<Option<&'i [u8]>, FakeTlsError> {
        loop {
            match &mut self.state {
                State::Failed(error) => return Err(error.clone()),
                State::Header { bytes, length } => {
                    let Some((byte, rest)) = input.split_first() else { return Ok(None) };
                    *input = rest;
                    if let Some(place) = bytes.get_mut(*length) {
                        *place = *byte;
                    }
                    *length += 1;
                    if *length == HEADER {
                        let read = read_header(*bytes, self.may_announce);
                        self.state = read.unwrap_or_else(State::Failed);
                        self.may_announce = false;
                    }
                }
                State::Announcement => {
                    let Some((byte, rest)) = input.split_first() else { return Ok(None) };
                    *input = rest;
                    self.state = if *byte == 1 {
                        START
                    } else {
                        State::Failed(FakeTlsError::ChangeCipherSpec)
                    };
                }
                State::Data { left } => {
                    if input.is_empty() {
                        return Ok(None);
                    }
                    let (data, rest) = input.split_at_checked(*left).unwrap_or((*input, &[]));
                    *left -= data.len();
                    if *left == 0 {
                        self.state = START;
                    }
                    *input = rest;
                    return Ok(Some(data));
                }
            }
        }
    }
}

fn read_header(header: [u8; HEADER], may_announce: bool) -> Result<State, FakeTlsError> {
    let [kind, major, minor, high, low] = header;
    let length = usize::from(u16::from_be_bytes([high, low]));
    if (major, minor) != (3, 3) {
        return Err(FakeTlsError::RecordVersion { major, minor });
    }
    match kind {
        CHANGE_CIPHER_SPEC if may_announce && length == 1 => Ok(State::Announcement),
        CHANGE_CIPHER_SPEC => Err(FakeTlsError::ChangeCipherSpec),
        DATA if length == 0 => Err(FakeTlsError::EmptyRecord),
        DATA if length > MAX_RECORD => Err(FakeTlsError::LongRecord { length, limit: MAX_RECORD }),
        DATA => Ok(State::Data { left: length }),
        kind => Err(FakeTlsError::RecordType { kind }),
    }
}

/// The header of a record. Lengths are below 2^16.
fn header(kind: u8, length: usize) -> [u8; HEADER] {
    let [high, low] = u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes();
    [kind, 3, 3, high, low]
}

/// Appends a record of data.
pub(super) fn write_data(bytes: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(&header(DATA, bytes.len()));
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::framing::tests::packet;

    fn open(records: &mut Records, mut input: &[u8]) -> Result<Vec<u8>, FakeTlsError> {
        let mut data = Vec::new();
        while let Some(run) = records.open(&mut input)? {
            data.extend_from_slice(run);
        }
        assert!(input.is_empty());
        Ok(data)
    }

    #[test]
    fn each_run_of_data_is_given_once_whatever_is_cut() {
        let stream = [&header(DATA, 3)[..], &[1, 2, 3], &header(DATA, 2), &[4, 5]].concat();
        for cut in 0..=stream.len() {
            let mut records = Records::client();
            let mut data = Vec::new();
            for mut piece in [&stream[..cut], &stream[cut..]] {
                // Two records cut in two are four runs at most.
                for _ in 0..4 {
                    let run = records.open(&mut piece).unwrap();
                    data.extend_from_slice(run.unwrap_or_default());
                    if run.is_none() {
                        break;
                    }
                }
                assert!(piece.is_empty());
                assert_eq!(records.open(&mut piece), Ok(None));
            }
            assert_eq!(data, [1, 2, 3, 4, 5], "{cut}");
        }
    }

    #[test]
    fn records_are_split_as_stated_and_the_clients_first_is_announced() {
        let mut out = Vec::new();
        Records::client().seal(&packet(3_000), &mut out);
        assert_eq!(out[..11], [0x14, 3, 3, 0, 1, 1, 0x17, 3, 3, 0x0b, 0x3e]);
        assert_eq!(out[11 + 2_878..][..5], [0x17, 3, 3, 0, 122]);
        assert_eq!(out.len(), 6 + 5 + 5 + 3_000);
        let mut out = Vec::new();
        Records::server().seal(&packet(20_000), &mut out);
        assert_eq!(out[..5], [0x17, 3, 3, 0x40, 0]);
        assert_eq!(out.len(), 5 + 5 + 20_000);
    }

    #[test]
    fn any_split_gives_the_same_bytes() {
        let (mut client, mut stream) = (Records::client(), Vec::new());
        for length in [1, 100, 2_879] {
            client.seal(&packet(length), &mut stream);
        }
        let expected = [packet(1), packet(100), packet(2_879)].concat();
        for cut in 0..=stream.len() {
            let mut server = Records::server();
            let mut data = open(&mut server, &stream[..cut]).unwrap();
            data.extend(open(&mut server, &stream[cut..]).unwrap());
            assert_eq!(data, expected, "cut at {cut}");
        }
        let mut server = Records::server();
        let data = stream.chunks(1).flat_map(|byte| open(&mut server, byte).unwrap());
        assert_eq!(data.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn each_broken_rule_has_its_error_and_lasts() {
        let limit = MAX_RECORD;
        let data = [0x17, 3, 3, 0, 1, 9];
        for (stream, error) in [
            (vec![0x17, 3, 3, 0, 0], FakeTlsError::EmptyRecord),
            (vec![0x17, 3, 3, 0x41, 1], FakeTlsError::LongRecord { length: limit + 1, limit }),
            (vec![0x17, 3, 3, 0xff, 0xff], FakeTlsError::LongRecord { length: 0xffff, limit }),
            (vec![0x17, 3, 1, 0, 1], FakeTlsError::RecordVersion { major: 3, minor: 1 }),
            (vec![0x16, 3, 3, 0, 1], FakeTlsError::RecordType { kind: 0x16 }),
            (vec![0x15, 3, 3, 0, 2], FakeTlsError::RecordType { kind: 0x15 }),
            (vec![0x14, 3, 3, 0, 2], FakeTlsError::ChangeCipherSpec),
            (vec![0x14, 3, 3, 0, 1, 2], FakeTlsError::ChangeCipherSpec),
            ([data, CHANGE_CIPHER_SPEC_RECORD].concat(), FakeTlsError::ChangeCipherSpec),
            (CHANGE_CIPHER_SPEC_RECORD.repeat(2), FakeTlsError::ChangeCipherSpec),
        ] {
            let mut server = Records::server();
            assert_eq!(open(&mut server, &stream), Err(error.clone()), "{stream:x?}");
            assert_eq!(open(&mut server, &data), Err(error));
        }
        // A server announces in its hello, and not again.
        let again = open(&mut Records::client(), &CHANGE_CIPHER_SPEC_RECORD);
        assert_eq!(again, Err(FakeTlsError::ChangeCipherSpec));
        let longest = [&[0x17, 3, 3, 0x41, 0][..], &packet(limit)].concat();
        assert_eq!(open(&mut Records::client(), &longest), Ok(packet(limit)));
    }
}
