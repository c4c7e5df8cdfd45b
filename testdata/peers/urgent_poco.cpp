// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// urgent_poco is urgent.c by Poco::Net::StreamSocket: the same arguments, the
// same commands and the same answers. What POCO has no call for is done on its
// descriptor: its poll does not tell of urgent data, and it has no sockatmark.

#include <Poco/Exception.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>

#include <cstdlib>
#include <iostream>
#include <poll.h>
#include <string>
#include <sys/socket.h>

using Poco::Net::ServerSocket;
using Poco::Net::SocketAddress;
using Poco::Net::StreamSocket;

namespace {

constexpr int patience = 20000; // milliseconds

StreamSocket listenAndAccept()
{
	ServerSocket listener(SocketAddress("127.0.0.1", 0));
	std::cout << listener.address().port() << std::endl;
	return listener.acceptConnection();
}

std::string receive(StreamSocket &socket, int size, int flags)
{
	std::string bytes(size, 0);
	bytes.resize(socket.receiveBytes(bytes.data(), size, flags));
	return bytes;
}

std::string obey(StreamSocket &socket, const std::string &verb, const std::string &rest)
{
	if (verb == "send") {
		socket.sendBytes(rest.data(), int(rest.size()));
		return "ok";
	}
	if (verb == "sendoob") {
		if (rest.size() == 1)
			socket.sendUrgent(rest[0]);
		else
			socket.sendBytes(rest.data(), int(rest.size()), MSG_OOB);
		return "ok";
	}
	if (verb == "inline") {
		socket.setOOBInline(true);
		return "ok";
	}
	if (verb == "wait") {
		pollfd p{socket.impl()->sockfd(), POLLPRI, 0};
		return poll(&p, 1, patience) == 1 && (p.revents & POLLPRI) ? "urgent" : "nothing";
	}
	if (verb == "recv")
		return receive(socket, std::atoi(rest.c_str()), MSG_WAITALL);
	if (verb == "recvoob")
		return receive(socket, 1, MSG_OOB);
	if (verb == "atmark")
		return std::to_string(sockatmark(socket.impl()->sockfd()));
	return "no command " + verb;
}

} // namespace

int main(int argc, char **argv)
try {
	StreamSocket socket = argc == 3 ? StreamSocket(SocketAddress(argv[1], argv[2])) : listenAndAccept();
	std::string line;
	while (std::getline(std::cin, line)) {
		const auto space = line.find(' ');
		const auto rest = space == std::string::npos ? "" : line.substr(space + 1);
		try {
			std::cout << obey(socket, line.substr(0, space), rest) << std::endl;
		} catch (const Poco::Exception &e) {
			std::cout << "error " << e.code() << std::endl;
		}
	}
	return 0;
} catch (const Poco::Exception &e) {
	std::cerr << e.displayText() << std::endl;
	return 1;
}
