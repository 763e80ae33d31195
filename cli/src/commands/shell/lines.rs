//! Commands that nobody types: of `-e`, or of each line of standard input.

use std::io::{self, BufRead, Read};
use std::thread;

use tokio::sync::mpsc;

use super::fault::Fault;
use super::request::Requests;
use super::watch::print;
use super::words::MAX_LINE;
use super::{Dash, Shell};
use crate::failure::Failure;
use crate::files;

/// The most of standard input that is a text: as many messages as nobody sends.
const MAX_INPUT: u64 = 1 << 20;

/// Runs commands until there are no more. One that fails is told, and the others run all the same; the exit code is that of the
/// first one that failed.
pub(super) async fn run(shell: &mut Shell, exec: Option<&[String]>) -> Result<(), Failure> {
    let mut failed = None;
    match exec {
        Some(commands) => {
            for line in commands.iter().flat_map(|command| command.lines()) {
                let code = shell.run_line(line, Dash::IsInput).await?;
                failed = failed.or(code);
                if shell.end.is_some() {
                    break;
                }
            }
        }
        None => {
            let mut requests = Requests::default();
            while shell.end.is_none() {
                let code = match next()? {
                    // The end of the input leaves a chat, as it leaves the shell.
                    None => break,
                    Some(line) if shell.is_json => {
                        let Some(request) = requests.read(line) else { continue };
                        let answer = shell.answer(request).await;
                        print(&answer.json)?;
                        answer.code
                    }
                    Some(Ok(line)) => shell.run_line(&line, Dash::IsADash).await?,
                    Some(Err(fault)) => shell.tell(Err(fault))?,
                };
                failed = failed.or(code);
            }
        }
    }
    failed.map_or(Ok(()), |code| Err(Failure::Told(code)))
}

/// Lines that wait to be run. Whoever writes more waits.
const WAITING: usize = 16;

/// A line, or what is wrong with it, or why none can be read.
pub(super) type Heard = Result<Result<String, Fault>, Failure>;

/// Reads standard input on a thread of its own: nothing else can be waited for meanwhile. It ends with the input, or with the
/// program.
pub(super) fn listen() -> mpsc::Receiver<Heard> {
    let (sender, lines) = mpsc::channel(WAITING);
    thread::spawn(move || {
        while let Some(line) = next().transpose() {
            let is_end = line.is_err();
            if sender.blocking_send(line).is_err() || is_end {
                return;
            }
        }
    });
    lines
}

/// The next line of standard input.
fn next() -> Result<Option<Result<String, Fault>>, Failure> {
    let line = read_line(&mut io::stdin().lock(), MAX_LINE);
    line.map_err(|error| Failure::Run(format!("standard input cannot be read: {error}")))
}

/// A line without its end, however long it is: what is too long is told, and nothing of it is kept.
fn read_line(input: &mut impl BufRead, most: usize) -> io::Result<Option<Result<String, Fault>>> {
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(2);
    let mut bytes = Vec::new();
    if input.by_ref().take(limit).read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    if bytes.last() != Some(&b'\n') && bytes.len() > most {
        input.skip_until(b'\n')?;
        return Ok(Some(Err(too_long(most))));
    }
    Ok(Some(text(bytes)))
}

pub(super) fn too_long(most: usize) -> Fault {
    Fault::Usage(format!("the line is longer than {most} bytes"))
}

/// A line's text, without its end.
pub(super) fn text(bytes: Vec<u8>) -> Result<String, Fault> {
    let line =
        String::from_utf8(bytes).map_err(|_| Fault::Usage("the line is not UTF-8".to_owned()))?;
    Ok(line.trim_end_matches(['\n', '\r']).to_owned())
}

/// All of standard input, without the end of its last line.
pub(super) fn read_all() -> Result<String, Fault> {
    let text = files::read(io::stdin().lock(), MAX_INPUT);
    let text = text.map_err(|error| Fault::Usage(format!("standard input: {error}")))?;
    let text =
        text.strip_suffix('\n').map_or(&*text, |text| text.strip_suffix('\r').unwrap_or(text));
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(mut input: &[u8], most: usize) -> Vec<Result<String, String>> {
        let mut all = Vec::new();
        while let Some(line) = read_line(&mut input, most).unwrap() {
            all.push(line.map_err(|fault| fault.to_string()));
        }
        all
    }

    #[test]
    fn a_line_ends_where_it_ends_and_what_is_wrong_ends_nothing() {
        let wrong = |why: &str| Err::<String, _>(why.to_owned());
        let good = |line: &str| Ok::<_, String>(line.to_owned());
        assert_eq!(lines(b"a\nb\r\n\nc", 9), [good("a"), good("b"), good(""), good("c")]);
        assert_eq!(lines(b"", 9), []);
        assert_eq!(lines(b"a\xff\nb", 9), [wrong("the line is not UTF-8"), good("b")]);
        let long = wrong("the line is longer than 3 bytes");
        assert_eq!(lines(b"abcdefghi\nb", 3), [long.clone(), good("b")]);
        assert_eq!(lines(b"abcdefghi", 3), [long]);
        assert_eq!(lines(b"abc\nabc", 3), [good("abc"), good("abc")]);
    }
}
