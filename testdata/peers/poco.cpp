// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

// poco is POCO's Net library at the other end of connections in the tests of
// internal/peers. With HOST and PORT it connects; without, it listens on
// loopback, prints its port and accepts one connection. Then it does what the
// lines of its standard input say, and answers each by one line. The commands
// of urgent.c mean the same here; the others are at the functions below.
//
// In TEXT, and in the answers, \xHH stands for a byte. Where 0 bytes are
// received the answer is "end", where POCO says that it would block "would
// block", where it throws that a time is over "timeout", and for what else it
// throws "error" and the code, or the text if there is no code.
//
// What POCO has no call for is done on the descriptor: its poll does not tell of
// urgent data, and it has no sockatmark.

#include <Poco/Buffer.h>
#include <Poco/Checksum.h>
#include <Poco/Delegate.h>
#include <Poco/Exception.h>
#include <Poco/FIFOBuffer.h>
#include <Poco/FileStream.h>
#include <Poco/NumberFormatter.h>
#include <Poco/StreamCopier.h>
#include <Poco/StringTokenizer.h>
#include <Poco/Timespan.h>
#include <Poco/Net/DialogSocket.h>
#include <Poco/Net/PollSet.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/SocketStream.h>
#include <Poco/Net/StreamSocket.h>

#include <algorithm>
#include <fcntl.h>
#include <functional>
#include <future>
#include <iostream>
#include <map>
#include <memory>
#include <netinet/tcp.h>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <vector>

using namespace Poco::Net;
using Poco::FIFOBuffer;
using Poco::Timespan;

namespace {

constexpr int patience = 20000; // milliseconds

using Words = std::vector<std::string>;

Words split(const std::string &text, const char *separator = " ")
{
	Poco::StringTokenizer words(text, separator, Poco::StringTokenizer::TOK_IGNORE_EMPTY);
	return Words(words.begin(), words.end());
}

std::string escape(const std::string &bytes)
{
	std::string text;
	for (unsigned char b : bytes)
		if (b < ' ' || b > '~' || b == '\\')
			text += "\\x" + Poco::NumberFormatter::formatHex(unsigned(b), 2);
		else
			text += char(b);
	return text;
}

std::string unescape(const std::string &text)
{
	std::string bytes;
	for (std::size_t i = 0; i < text.size(); i++)
		if (text.compare(i, 2, "\\x") == 0) {
			bytes += char(std::stoi(text.substr(i + 2, 2), nullptr, 16));
			i += 3;
		} else {
			bytes += text[i];
		}
	return bytes;
}

Timespan milliseconds(const std::string &n) { return Timespan(std::stoll(n) * 1000); }

// pattern is what is sent where there is much to send.
std::string pattern(std::size_t size)
{
	std::string bytes(size, 0);
	for (std::size_t i = 0; i < size; i++)
		bytes[i] = char(i * 31 + i / 251);
	return bytes;
}

// got is the answer about n bytes that were received.
std::string got(std::string bytes, int n)
{
	if (n <= 0)
		return n < 0 ? "would block" : "end";
	bytes.resize(n);
	return escape(bytes);
}

// A Vector is a text in parts, or room for one.
struct Vector {
	Words parts;
	SocketBufVec buffers;

	explicit Vector(Words words) : parts(std::move(words))
	{
		for (auto &part : parts)
			buffers.push_back(Socket::makeBuffer(part.data(), part.size()));
	}

	static Vector room(const std::string &sizes)
	{
		Words parts;
		for (auto &size : split(sizes, "|"))
			parts.emplace_back(std::stoi(size), 0);
		return Vector(parts);
	}

	Vector(const Vector &) = delete;

	std::string answer(int n) const
	{
		if (n <= 0)
			return got("", n);
		std::string text;
		for (auto &part : parts) {
			const int size = std::min(n, int(part.size()));
			if (size > 0)
				text += (text.empty() ? "" : "|") + escape(part.substr(0, size));
			n -= size;
		}
		return text;
	}
};

class Program
{
public:
	explicit Program(StreamSocket first) : sockets{std::move(first)} {}

	std::string obey(const std::string &line)
	try {
		const auto space = line.find(' ');
		const auto command = commands.find(line.substr(0, space));
		if (command == commands.end())
			return "no command";
		return command->second(space == std::string::npos ? "" : line.substr(space + 1));
	} catch (const Poco::TimeoutException &) {
		return "timeout";
	} catch (const Poco::Exception &e) {
		return "error " + (e.code() != 0 ? std::to_string(e.code()) : e.displayText());
	}

private:
	std::vector<StreamSocket> sockets;
	std::size_t current = 0; // the one that most commands are for
	ServerSocket listener;
	PollSet set;
	std::unique_ptr<FIFOBuffer> fifo;
	std::string changes; // that fifo told of
	std::map<std::size_t, DialogSocket> dialogs;

	StreamSocket &socket() { return sockets.at(current); }
	int descriptor() { return socket().impl()->sockfd(); }

	// Bytes.

	std::string send(const std::string &text, int flags)
	{
		const auto bytes = unescape(text);
		socket().sendBytes(bytes.data(), int(bytes.size()), flags);
		return "ok";
	}

	std::string receive(const std::string &size, int flags)
	{
		std::string bytes(std::stoi(size), 0);
		const int n = socket().receiveBytes(bytes.data(), int(bytes.size()), flags);
		return got(bytes, n);
	}

	std::string sendMany(const std::string &size)
	{
		const auto bytes = pattern(std::stoul(size));
		return std::to_string(socket().sendBytes(bytes.data(), int(bytes.size())));
	}

	std::string receiveMany(const std::string &size)
	{
		std::string bytes(std::stoul(size), 0);
		std::size_t done = 0;
		while (done < bytes.size()) {
			const int n = socket().receiveBytes(&bytes[done], int(bytes.size() - done));
			if (n <= 0)
				break;
			done += n;
		}
		Poco::Checksum sum;
		sum.update(bytes.data(), unsigned(done));
		return std::to_string(done) + " " + Poco::NumberFormatter::formatHex(sum.checksum(), 8);
	}

	std::string exchange(const std::string &size)
	{
		auto sent = std::async(std::launch::async, [&] { return sendMany(size); });
		const auto received = receiveMany(size);
		return sent.get() + " " + received;
	}

	std::string echo(const std::string &)
	{
		std::vector<char> bytes(1 << 16);
		std::size_t total = 0;
		for (int n; (n = socket().receiveBytes(bytes.data(), int(bytes.size()))) > 0; total += n)
			socket().sendBytes(bytes.data(), n);
		socket().shutdownSend();
		return std::to_string(total);
	}

	// fill sends until there is no more room.
	std::string fill(const std::string &)
	{
		const std::string bytes(1 << 16, 'x');
		std::size_t total = 0;
		socket().setBlocking(false);
		try {
			for (int n; (n = socket().sendBytes(bytes.data(), int(bytes.size()))) > 0;)
				total += n;
		} catch (const Poco::Exception &e) {
			if (e.code() != EAGAIN) // as of 1.11, which answers -1 only to receiveBytes
				throw;
		}
		socket().setBlocking(true);
		return std::to_string(total);
	}

	std::string tryRead(const std::string &size)
	{
		socket().setBlocking(false);
		const auto answer = receive(size, 0);
		socket().setBlocking(true);
		return answer;
	}

	std::string sendFile(const std::string &rest)
	{
		const auto words = split(rest); // OFFSET, COUNT (0: the rest), PATH
		Poco::FileInputStream file(words.at(2), std::ios::in | std::ios::binary);
		file.seekg(std::stoll(words[0]));
		std::streamsize count = std::stoll(words[1]);
		if (count == 0) {
			SocketStream stream(socket());
			return std::to_string(Poco::StreamCopier::copyStream(file, stream));
		}
		std::string bytes(count, 0);
		count = file.read(bytes.data(), count).gcount();
		return std::to_string(socket().sendBytes(bytes.data(), int(count)));
	}

	// Readiness.

	std::string poll(const std::string &rest)
	{
		const auto words = split(rest); // some of rwe, and milliseconds
		int mode = 0;
		for (char event : words.at(0))
			switch (event) {
			case 'r': mode |= Socket::SELECT_READ; break;
			case 'w': mode |= Socket::SELECT_WRITE; break;
			case 'e': mode |= Socket::SELECT_ERROR; break;
			default: return "no such event";
			}
		return socket().poll(milliseconds(words.at(1)), mode) ? "yes" : "no";
	}

	std::string waitUrgent(const std::string &)
	{
		pollfd p{descriptor(), POLLPRI, 0};
		return ::poll(&p, 1, patience) == 1 && (p.revents & POLLPRI) ? "urgent" : "nothing";
	}

	// told lists sockets by their numbers.
	template <typename Ready> std::string told(Ready ready)
	{
		std::string text;
		for (std::size_t i = 0; i < sockets.size(); i++) {
			const int mode = ready(sockets[i]);
			if (mode == 0)
				continue;
			text += (text.empty() ? "" : " ") + std::to_string(i) + ":";
			text += std::string(mode & 1 ? "r" : "") + (mode & 2 ? "w" : "") + (mode & 4 ? "e" : "");
		}
		return text.empty() ? "nothing" : text;
	}

	std::string pollSet(const std::string &rest)
	{
		const auto words = split(rest);
		if (words.at(0) == "poll") {
			const auto modes = set.poll(milliseconds(words.at(1)));
			return told([&](const Socket &s) { return modes.count(s) ? modes.at(s) : 0; });
		}
		if (words[0] == "empty")
			return set.empty() ? "yes" : "no";
		if (words[0] == "clear") {
			set.clear();
			return "ok";
		}
		if (words[0] == "wakeup")
			return "no command"; // as of 1.11
		const Socket &member = sockets.at(std::stoul(words.at(1)));
		if (words[0] == "has")
			return set.has(member) ? "yes" : "no";
		int mode = 0; // PollSet::POLL_READ is Socket::SELECT_READ, and so on
		for (char event : words.size() > 2 ? words[2] : "")
			mode |= event == 'r' ? PollSet::POLL_READ : event == 'w' ? PollSet::POLL_WRITE : PollSet::POLL_ERROR;
		if (words[0] == "add")
			set.add(member, mode);
		else if (words[0] == "update")
			set.update(member, mode);
		else if (words[0] == "remove")
			set.remove(member);
		else
			return "no command";
		return "ok";
	}

	// select has lists, such as r0,1 w0 e1, and milliseconds.
	std::string select(const std::string &rest)
	{
		std::map<char, Socket::SocketList> lists;
		auto words = split(rest);
		const auto timeout = milliseconds(words.back());
		words.pop_back();
		for (auto &word : words)
			for (auto &number : split(word.substr(1), ","))
				lists[word[0]].push_back(sockets.at(std::stoul(number)));
		Socket::select(lists['r'], lists['w'], lists['e'], timeout);
		return told([&](const Socket &s) {
			int mode = 0, bit = 1;
			for (char list : {'r', 'w', 'e'}) {
				mode |= std::count(lists[list].begin(), lists[list].end(), s) ? bit : 0;
				bit *= 2;
			}
			return mode;
		});
	}

	// Options. The answer is what POCO tells, and what the kernel does.

	std::string setOption(const std::string &rest)
	{
		const auto words = split(rest);
		const int value = std::stoi(words.at(1));
		auto &s = socket();
		const std::map<std::string, std::function<void()>> setters{
			{"ReadBuffer", [&] { s.setReceiveBufferSize(value); }},
			{"WriteBuffer", [&] { s.setSendBufferSize(value); }},
			{"Linger", [&] { s.setLinger(value >= 0, std::max(value, 0)); }},
			{"NoDelay", [&] { s.setNoDelay(value); }},
			{"KeepAlive", [&] { s.setKeepAlive(value); }},
			{"OOBInline", [&] { s.setOOBInline(value); }},
			{"ReuseAddr", [&] { s.setReuseAddress(value); }},
			{"ReusePort", [&] { s.setReusePort(value); }},
			{"ReceiveTimeout", [&] { s.setReceiveTimeout(milliseconds(words[1])); }},
			{"SendTimeout", [&] { s.setSendTimeout(milliseconds(words[1])); }},
			// What another part of a program may do to the descriptor.
			{"O_NONBLOCK", [&] { fcntl(descriptor(), F_SETFL, value ? O_RDWR | O_NONBLOCK : O_RDWR); }},
		};
		setters.at(words[0])();
		return getOption(words[0]);
	}

	std::string getOption(const std::string &name)
	{
		auto &s = socket();
		const std::map<std::string, std::function<std::string()>> getters{
			{"ReadBuffer", [&] { return both(s.getReceiveBufferSize(), SOL_SOCKET, SO_RCVBUF); }},
			{"WriteBuffer", [&] { return both(s.getSendBufferSize(), SOL_SOCKET, SO_SNDBUF); }},
			{"NoDelay", [&] { return both(s.getNoDelay(), IPPROTO_TCP, TCP_NODELAY); }},
			{"KeepAlive", [&] { return both(s.getKeepAlive(), SOL_SOCKET, SO_KEEPALIVE); }},
			{"OOBInline", [&] { return both(s.getOOBInline(), SOL_SOCKET, SO_OOBINLINE); }},
			{"ReuseAddr", [&] { return both(s.getReuseAddress(), SOL_SOCKET, SO_REUSEADDR); }},
			{"ReusePort", [&] { return both(s.getReusePort(), SOL_SOCKET, SO_REUSEPORT); }},
			{"ReceiveTimeout", [&] { return both(s.getReceiveTimeout(), SO_RCVTIMEO); }},
			{"SendTimeout", [&] { return both(s.getSendTimeout(), SO_SNDTIMEO); }},
			{"Linger", [&] {
				bool on;
				int seconds;
				s.getLinger(on, seconds);
				const auto kernel = raw<linger>(descriptor(), SOL_SOCKET, SO_LINGER);
				return std::to_string(on ? seconds : -1) + " " + std::to_string(kernel.l_onoff ? kernel.l_linger : -1);
			}},
			{"O_NONBLOCK", [&] {
				const bool kernel = fcntl(descriptor(), F_GETFL) & O_NONBLOCK;
				return std::to_string(!s.getBlocking()) + " " + std::to_string(kernel);
			}},
		};
		return getters.at(name)();
	}

	template <typename T> static T raw(int fd, int level, int option)
	{
		T value{};
		socklen_t size = sizeof value;
		getsockopt(fd, level, option, &value, &size);
		return value;
	}

	std::string both(int value, int level, int option)
	{
		return std::to_string(value) + " " + std::to_string(raw<int>(descriptor(), level, option));
	}

	std::string both(const Timespan &value, int option)
	{
		const auto kernel = raw<timeval>(descriptor(), SOL_SOCKET, option);
		return std::to_string(value.totalMilliseconds()) + " " + std::to_string(kernel.tv_sec * 1000 + kernel.tv_usec / 1000);
	}

	// Buffers.

	// readBuffer waits for some milliseconds.
	std::string readBuffer(const std::string &timeout)
	{
		Poco::Buffer<char> buffer(0);
		const int n = socket().receiveBytes(buffer, 0, milliseconds(timeout));
		return got(std::string(buffer.begin(), buffer.size()), n);
	}

	std::string sendVector(const std::string &text, int flags)
	{
		return std::to_string(socket().sendBytes(Vector(split(text, "|")).buffers, flags));
	}

	std::string receiveVector(const std::string &sizes, int flags)
	{
		Vector vector = Vector::room(sizes);
		const int n = socket().receiveBytes(vector.buffers, flags);
		return vector.answer(n);
	}

	// newFIFO begins another; the commands behind tell of its changes.
	std::string newFIFO(const std::string &size)
	{
		fifo = std::make_unique<FIFOBuffer>(std::stoul(size), true);
		fifo->readable += Poco::delegate(this, &Program::onReadable);
		fifo->writable += Poco::delegate(this, &Program::onWritable);
		return "ok";
	}

	void onReadable(bool &on) { changes += on ? " readable" : " empty"; }
	void onWritable(bool &on) { changes += on ? " writable" : " full"; }

	std::string changed(const std::string &answer)
	{
		const auto told = changes;
		changes.clear();
		return answer + "," + std::to_string(fifo->used()) + told;
	}

	std::string fillFIFO(const std::string &)
	{
		const int n = socket().receiveBytes(*fifo);
		return changed(n > 0 ? std::to_string(n) : got("", n));
	}

	std::string drainFIFO(const std::string &) { return changed(std::to_string(socket().sendBytes(*fifo))); }

	std::string put(const std::string &text) { return changed(std::to_string(fifo->write(text.data(), text.size()))); }

	std::string take(const std::string &size)
	{
		std::string bytes(std::stoul(size), 0);
		bytes.resize(fifo->read(bytes.data(), bytes.size()));
		return changed(bytes);
	}

	// Connections.

	std::string listen(const std::string &rest)
	{
		const auto words = split(rest); // PORT (0: any) and perhaps the length of the queue
		const SocketAddress address("127.0.0.1", words.at(0));
		const auto fresh = words.size() == 1 ? ServerSocket(address) : ServerSocket(address, std::stoi(words[1]));
		if (words[0] != "0")
			return "ok";
		listener = fresh;
		return std::to_string(listener.address().port());
	}

	std::string listenerOptions(const std::string &)
	{
		const int fd = listener.impl()->sockfd();
		return std::to_string(raw<int>(fd, SOL_SOCKET, SO_REUSEADDR)) + " " + std::to_string(raw<int>(fd, SOL_SOCKET, SO_REUSEPORT));
	}

	std::string joined(const StreamSocket &s)
	{
		sockets.push_back(s);
		return "ok";
	}

	std::string connect(const std::string &rest)
	{
		const auto words = split(rest); // PORT and perhaps milliseconds
		StreamSocket s;
		if (words.size() == 1)
			s.connect(SocketAddress("127.0.0.1", words[0]));
		else
			s.connect(SocketAddress("127.0.0.1", words.at(0)), milliseconds(words[1]));
		return joined(s);
	}

	// connectFrom does by the implementation what StreamSocket::bind came for
	// after version 1.11.
	std::string connectFrom(const std::string &rest)
	{
		const auto words = split(rest); // HOST and PORT
		StreamSocket s;
		s.impl()->bind(SocketAddress(words.at(0), 0), false);
		s.connect(SocketAddress("127.0.0.1", words.at(1)));
		return joined(s);
	}

	std::string connectNB(const std::string &rest)
	{
		const auto words = split(rest); // PORT and milliseconds
		StreamSocket s;
		s.connectNB(SocketAddress("127.0.0.1", words.at(0)));
		if (!s.poll(milliseconds(words.at(1)), Socket::SELECT_WRITE | Socket::SELECT_ERROR))
			return "timeout";
		if (const int error = s.impl()->socketError())
			return "error " + std::to_string(error);
		s.setBlocking(true);
		return joined(s);
	}

	std::string shutdown(const std::string &how)
	{
		if (how == "read")
			socket().shutdownReceive();
		else if (how == "write")
			socket().shutdownSend();
		else
			socket().shutdown();
		return "ok";
	}

	std::string abort(const std::string &)
	{
		socket().setLinger(true, 0);
		socket().close();
		return "ok";
	}

	// Dialogs.

	DialogSocket &dialog() { return dialogs.emplace(current, socket()).first->second; }

	std::string message(const std::string &rest)
	{
		std::vector<std::string> args; // between bars
		for (auto &arg : Poco::StringTokenizer(rest, "|"))
			args.push_back(unescape(arg));
		if (args.size() == 1)
			dialog().sendMessage(args[0]);
		else if (args.size() == 2)
			dialog().sendMessage(args[0], args[1]);
		else
			dialog().sendMessage(args.at(0), args.at(1), args.at(2));
		return "ok";
	}

	std::string line(const std::string &)
	{
		std::string text;
		const bool complete = dialog().receiveMessage(text);
		return complete ? escape(text) : "end " + escape(text);
	}

	std::string status(const std::string &)
	{
		std::string text;
		const int code = dialog().receiveStatusMessage(text);
		return std::to_string(code) + " " + escape(text);
	}

	std::string telnet(const std::string &rest)
	{
		const auto words = split(rest); // a command and perhaps an option
		if (words.size() == 1)
			dialog().sendTelnetCommand(std::stoi(words[0]));
		else
			dialog().sendTelnetCommand(std::stoi(words.at(0)), std::stoi(words[1]));
		return "ok";
	}

	std::string receiveRaw(const std::string &size)
	{
		std::string bytes(std::stoul(size), 0);
		const int n = dialog().receiveRawBytes(bytes.data(), int(bytes.size()));
		return got(bytes, n);
	}

	static std::string character(int c) { return c < 0 ? "end" : escape(std::string(1, char(c))); }

	using Rest = const std::string &;
	using Command = std::function<std::string(Rest)>;

	Command by(std::string (Program::*method)(Rest))
	{
		return [this, method](Rest rest) { return (this->*method)(rest); };
	}

	const std::map<std::string, Command> commands{
		{"send", [this](Rest text) { return send(text, 0); }},
		{"sendoob", [this](Rest text) {
			if (text.size() > 1)
				return send(text, MSG_OOB);
			socket().sendUrgent(text.at(0));
			return std::string("ok");
		}},
		{"recv", [this](Rest size) { return receive(size, MSG_WAITALL); }},
		{"recvoob", [this](Rest) { return receive("1", MSG_OOB); }},
		{"read", [this](Rest size) { return receive(size, 0); }},
		{"peek", [this](Rest size) { return receive(size, MSG_PEEK); }},
		{"tryread", by(&Program::tryRead)},
		{"available", [this](Rest) { return std::to_string(socket().available()); }},
		{"local", [this](Rest) { return socket().address().toString(); }},
		{"remote", [this](Rest) { return socket().peerAddress().toString(); }},
		{"inline", [this](Rest) { socket().setOOBInline(true); return std::string("ok"); }},
		{"wait", by(&Program::waitUrgent)},
		{"atmark", [this](Rest) { return std::to_string(sockatmark(descriptor())); }},
		{"sendmany", by(&Program::sendMany)},
		{"recvmany", by(&Program::receiveMany)},
		{"exchange", by(&Program::exchange)},
		{"echo", by(&Program::echo)},
		{"fill", by(&Program::fill)},
		{"sendfile", by(&Program::sendFile)},
		{"poll", by(&Program::poll)},
		{"set", by(&Program::setOption)},
		{"get", by(&Program::getOption)},
		{"pollset", by(&Program::pollSet)},
		{"select", by(&Program::select)},
		{"readbuffer", by(&Program::readBuffer)},
		{"sendv", [this](Rest text) { return sendVector(text, 0); }},
		{"sendvoob", [this](Rest text) { return sendVector(text, MSG_OOB); }},
		{"readv", [this](Rest sizes) { return receiveVector(sizes, 0); }},
		{"peekv", [this](Rest sizes) { return receiveVector(sizes, MSG_PEEK); }},
		{"fifo", by(&Program::newFIFO)},
		{"fifofill", by(&Program::fillFIFO)},
		{"fifodrain", by(&Program::drainFIFO)},
		{"put", by(&Program::put)},
		{"take", by(&Program::take)},
		{"listen", by(&Program::listen)},
		{"listening", by(&Program::listenerOptions)},
		{"unlisten", [this](Rest) { listener.close(); return std::string("ok"); }},
		{"accept", [this](Rest) { return joined(listener.acceptConnection()); }},
		{"connect", by(&Program::connect)},
		{"connectfrom", by(&Program::connectFrom)},
		{"connectnb", by(&Program::connectNB)},
		{"use", [this](Rest number) { current = std::stoul(number); return std::string("ok"); }},
		{"shutdown", by(&Program::shutdown)},
		{"close", [this](Rest) { socket().close(); return std::string("ok"); }},
		{"abort", by(&Program::abort)},
		{"message", by(&Program::message)},
		{"line", by(&Program::line)},
		{"status", by(&Program::status)},
		{"telnet", by(&Program::telnet)},
		{"synch", [this](Rest) { dialog().synch(); return std::string("ok"); }},
		{"raw", by(&Program::receiveRaw)},
		{"get1", [this](Rest) { return character(dialog().get()); }},
		{"peek1", [this](Rest) { return character(dialog().peek()); }},
	};
};

StreamSocket listenAndAccept()
{
	ServerSocket listener(SocketAddress("127.0.0.1", 0));
	std::cout << listener.address().port() << std::endl;
	return listener.acceptConnection();
}

} // namespace

int main(int argc, char **argv)
try {
	Program program(argc == 3 ? StreamSocket(SocketAddress(argv[1], argv[2])) : listenAndAccept());
	for (std::string line; std::getline(std::cin, line);)
		std::cout << program.obey(line) << std::endl;
	return 0;
} catch (const std::exception &e) {
	std::cerr << e.what() << std::endl;
	return 1;
}
