// A mail server in a process of its own: it prints its port, and then each mail that it takes as a line of JSON.

import { SMTPServer } from 'smtp-server';

const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const server = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS', 'AUTH'],
  async onData(stream, session, done) {
    const chunks = [];
    for await (const chunk of stream) chunks.push(chunk);
    const to = session.envelope.rcptTo.map(({ address }) => address);
    tell({ from: session.envelope.mailFrom.address, to, raw: Buffer.concat(chunks).toString('base64') });
    done();
  },
});
server.listen(0, '127.0.0.1', () => tell({ port: server.server.address().port }));
// Whoever started it has gone.
process.stdin.resume().on('end', () => process.exit());
