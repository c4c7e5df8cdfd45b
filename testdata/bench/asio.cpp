// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// asio is the contestant of internal/cmd/versus by Boost.Asio: see contestant.h.
// It uses the synchronous calls, whose sockets block, and for idle connections
// the asynchronous one that is meant for them.

#include "contestant.h"

#include <boost/asio.hpp>
#include <boost/version.hpp>

#include <array>
#include <deque>
#include <exception>
#include <iostream>
#include <netinet/tcp.h>
#include <string>

using boost::asio::ip::tcp;

namespace {

boost::asio::io_context context;
tcp::socket connection(context);

tcp::endpoint peer(int port)
{
	return tcp::endpoint(boost::asio::ip::address_v4::loopback(), static_cast<unsigned short>(port));
}

// A Congestion is the option TCP_CONGESTION, which Asio has no name for.
struct Congestion {
	template <class Protocol> int level(const Protocol &) const { return IPPROTO_TCP; }
	template <class Protocol> int name(const Protocol &) const { return TCP_CONGESTION; }
	template <class Protocol> const void *data(const Protocol &) const { return CONGESTION; }
	template <class Protocol> std::size_t size(const Protocol &) const { return strlen(CONGESTION); }
};

void dial(int port)
{
	connection.open(tcp::v4());
	connection.set_option(boost::asio::socket_base::receive_buffer_size(BUFFER));
	connection.set_option(boost::asio::socket_base::send_buffer_size(BUFFER));
	connection.set_option(Congestion());
	connection.connect(peer(port));
	connection.set_option(tcp::no_delay(true));
}

void end()
{
	char byte;
	boost::system::error_code error;
	connection.shutdown(tcp::socket::shutdown_send);
	if (connection.read_some(boost::asio::buffer(&byte, 1), error) != 0 || error != boost::asio::error::eof)
		fail("read_some at the end");
}

void sendMessage() { boost::asio::write(connection, boost::asio::buffer(message, size)); }

void ping()
{
	sendMessage();
	boost::asio::read(connection, boost::asio::buffer(message, size));
}

void sendSlices()
{
	static std::array<boost::asio::const_buffer, SLICES> list;
	for (int i = 0; i < SLICES; i++)
		list[i] = boost::asio::buffer(slices[i], SLICE);
	boost::asio::write(connection, list);
}

void get()
{
	tcp::no_delay option;
	connection.get_option(option);
	if (!option.value())
		fail("get_option");
}

void set() { connection.set_option(tcp::no_delay(true)); }

void urgent()
{
	char byte = '!';
	connection.send(boost::asio::buffer(&byte, 1), tcp::socket::message_out_of_band);
	connection.wait(tcp::socket::wait_error);
	if (connection.receive(boost::asio::buffer(&byte, 1), tcp::socket::message_out_of_band) != 1)
		fail("receive urgent");
}

// connected returns a connection that close resets.
tcp::socket connected(int port)
{
	tcp::socket socket(context);
	socket.connect(peer(port));
	socket.set_option(tcp::no_delay(true));
	socket.set_option(boost::asio::socket_base::linger(true, 0));
	return socket;
}

void connectAndReset(int port) { connected(port).close(); }

void idle(int port)
{
	static std::deque<tcp::socket> held;
	held.push_back(connected(port));
	held.back().async_wait(tcp::socket::wait_read, [](const boost::system::error_code &) {});
	context.poll();
}

} // namespace

int main(int argc, char **argv)
try {
	const std::string version = "Boost.Asio " + std::to_string(BOOST_ASIO_VERSION / 100000) + "." +
		std::to_string(BOOST_ASIO_VERSION / 100 % 1000) + "." + std::to_string(BOOST_ASIO_VERSION % 100) +
		" of Boost " BOOST_LIB_VERSION;
	const contestant c{version.c_str(), dial, end, ping, sendMessage, sendSlices, get, set, urgent, connectAndReset, idle, nullptr};
	return run(argc, argv, &c);
} catch (const std::exception &e) {
	std::cerr << e.what() << std::endl;
	return 1;
}
