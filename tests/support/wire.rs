//! The wire between the programs: passes on what they say, and remembers what was asked.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A port that leads to a server, which may vanish and come back. It is there until the test ends.
pub(crate) struct Wire {
    pub(crate) address: SocketAddr,
    asked: Asked,
}

/// What the server was asked, by connection.
type Asked = Arc<Mutex<Vec<Arc<Mutex<Vec<u8>>>>>>;

impl Wire {
    pub(crate) fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let asked = Asked::default();
        let all = Arc::clone(&asked);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let all = Arc::clone(&all);
                thread::spawn(move || connect(&client, server, &all));
            }
        });
        Self { address, asked }
    }

    /// How often these bytes were sent to the server.
    pub(crate) fn count(&self, part: &[u8]) -> usize {
        let in_one = |asked: &Vec<u8>| asked.windows(part.len()).filter(|found| *found == part).count();
        self.asked.lock().unwrap().iter().map(|asked| in_one(&asked.lock().unwrap())).sum()
    }
}

/// Passes on both ways until one of the two is gone; then the other learns of it.
fn connect(client: &TcpStream, server: SocketAddr, all: &Asked) {
    let Ok(server) = TcpStream::connect(server) else {
        let _ = client.shutdown(Shutdown::Both);
        return;
    };
    let asked = Arc::<Mutex<Vec<u8>>>::default();
    all.lock().unwrap().push(Arc::clone(&asked));
    thread::scope(|scope| {
        scope.spawn(|| pass_on(client, &server, |bytes| asked.lock().unwrap().extend(bytes)));
        pass_on(&server, client, |_| ());
    });
}

fn pass_on(mut from: &TcpStream, mut to: &TcpStream, mut hear: impl FnMut(&[u8])) {
    let mut buffer = vec![0; 1 << 16];
    while let Ok(length @ 1..) = from.read(&mut buffer) {
        hear(&buffer[..length]);
        if to.write_all(&buffer[..length]).is_err() {
            break;
        }
    }
    for end in [from, to] {
        let _ = end.shutdown(Shutdown::Both);
    }
}
