// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// poco is the contestant of internal/cmd/versus by POCO's StreamSocket: see
// contestant.h. Its sockets block, as POCO's do unless they are told otherwise.
// Its poll does not tell of urgent data: that is waited for on the descriptor.

#include "contestant.h"

#include <Poco/Exception.h>
#include <Poco/Net/PollSet.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/SocketDefs.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/Version.h>

#include <iostream>
#include <netinet/tcp.h>
#include <poll.h>
#include <string>
#include <vector>

using Poco::Net::PollSet;
using Poco::Net::SocketAddress;
using Poco::Net::SocketBuf;
using Poco::Net::SocketBufVec;
using Poco::Net::StreamSocket;

namespace {

StreamSocket connection;

SocketAddress peer(int port) { return SocketAddress("127.0.0.1", Poco::UInt16(port)); }

void dial(int port)
{
	StreamSocket socket(SocketAddress::IPv4); // makes the descriptor
	socket.setReceiveBufferSize(BUFFER);
	socket.setSendBufferSize(BUFFER);
	socket.impl()->setRawOption(IPPROTO_TCP, TCP_CONGESTION, CONGESTION, strlen(CONGESTION));
	socket.connect(peer(port));
	socket.setNoDelay(true);
	connection = socket;
}

void end()
{
	char byte;
	connection.shutdownSend();
	if (connection.receiveBytes(&byte, 1) != 0)
		fail("recv at the end");
}

void sendMessage()
{
	for (int done = 0; done < size;)
		done += connection.sendBytes(message + done, size - done);
}

void ping()
{
	sendMessage();
	for (int done = 0; done < size;) {
		const int n = connection.receiveBytes(message + done, size - done);
		if (n == 0)
			fail("receiveBytes");
		done += n;
	}
}

// A blocking socket takes all slices at once: no signal comes.
void sendSlices()
{
	static SocketBufVec list(SLICES);
	for (int i = 0; i < SLICES; i++)
		list[i] = SocketBuf{slices[i], SLICE};
	if (connection.sendBytes(list) != SLICES * SLICE)
		fail("sendBytes");
}

void get()
{
	if (!connection.getNoDelay())
		fail("getNoDelay");
}

void set() { connection.setNoDelay(true); }

void urgent()
{
	char byte = '!';
	connection.sendUrgent(byte);
	pollfd p{connection.impl()->sockfd(), POLLPRI, 0};
	if (::poll(&p, 1, -1) != 1 || connection.receiveBytes(&byte, 1, MSG_OOB) != 1)
		fail("receive urgent");
}

// connected returns a connection that close resets.
StreamSocket connected(int port)
{
	static const SocketAddress to = peer(port);
	StreamSocket socket;
	socket.connect(to);
	socket.setNoDelay(true);
	socket.setLinger(true, 0);
	return socket;
}

void connectAndReset(int port) { connected(port).close(); }

void idle(int port)
{
	static PollSet set;
	static std::vector<StreamSocket> held;
	const StreamSocket socket = connected(port);
	set.add(socket, PollSet::POLL_READ);
	held.push_back(socket);
}

} // namespace

int main(int argc, char **argv)
try {
	const std::string version = "POCO " + std::to_string(POCO_VERSION >> 24) + "." +
		std::to_string(POCO_VERSION >> 16 & 0xff) + "." + std::to_string(POCO_VERSION >> 8 & 0xff);
	const contestant c{version.c_str(), dial, end, ping, sendMessage, sendSlices, get, set, urgent, connectAndReset, idle, nullptr};
	return run(argc, argv, &c);
} catch (const Poco::Exception &e) {
	std::cerr << e.displayText() << std::endl;
	return 1;
}
