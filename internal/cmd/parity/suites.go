// Copyright 2026 The streamsock authors. All rights reserved.
// Use of this source code is governed by a BSD-style
// license that can be found in the LICENSE file.

package main

// suites has POCO's tests of these classes, from Net/testsuite/src of
// github.com/pocoproject/poco. Its test of FIFOBuffer on its own is in
// Foundation.
var suites = []class{
	{"SocketTest", `Against an echo server, in most of them.`,
		`testEcho testMoveStreamSocket testPoll testAvailable testFIFOBuffer testConnect testConnectRefused
		testConnectRefusedNB testNonBlocking testAddress testAssign testTimeout testBufferSize testOptions testSelect
		testSelect2 testSelect3 testEchoUnixLocal testUnixLocalAbstract testUseFd`,
		[]row{
			{"testEcho", "", "What is sent comes back.", "streamsock.TestDropIn/echo, streamsock.Example, peers.TestPOCO/echo"},
			{"testMoveStreamSocket", "", "A socket is handed on, and works.", "streamsock.TestWrap, streamsock.TestHTTPHijack"},
			{"testPoll", "", "Nothing to read until the time is over, room to write at once, and bytes that have come back.", "streamsock.TestWait, streamsock.TestWaitBeside, peers.TestPOCO/poll"},
			{"testAvailable", "", "How many bytes have come back.", "streamsock.TestAvailable, peers.TestPOCO/available"},
			{"testFIFOBuffer", "", "A buffer that is drained to a connection and filled from it tells when it changes.", "fifo.TestTransitions, fifo.TestFillDrain, fifo.TestConns, peers.TestPOCO/FIFO"},
			{"testConnect", "", "Connect with a timeout.", "streamsock.TestDialForms, streamsock.TestDialTimeout, peers.TestPOCO/connect"},
			{"testConnectRefused", "", "Nobody listens.", "streamsock.TestDropIn/dial_refused, faults.TestRefused, peers.TestPOCO/connect_refused"},
			{"testConnectRefusedNB", "", "Nobody listens, and there is a timeout.", "streamsock.TestSocketRefused, peers.TestPOCO/connect_refused"},
			{"testNonBlocking", "", "An echo with calls that do not wait.", "streamsock.TestTryRead, streamsock.TestTryWrite, peers.TestPOCO/without_waiting"},
			{"testAddress", "", "The address of the one end is that of the other's peer.", "streamsock.TestDropIn/addresses, peers.TestPOCO/addresses"},
			{"testAssign", "", "Copies are the same socket, and a listener is no connection.", "streamsock.TestWrap, streamsock.TestWrapRefuses"},
			{"testTimeout", "", "A receive ends after its time.", "streamsock.TestTimeouts, streamsock.ExampleConn_WithTimeouts, peers.TestPOCO/receive_timeout"},
			{"testBufferSize", "", "The sizes of the buffers, before the socket is connected.", "streamsock.TestAccessors, streamsock.TestListenerOptions, streamsock.TestSocketOptions, peers.TestPOCO/options"},
			{"testOptions", "", "Each option tells what it was set to.", "streamsock.TestAccessors, sockopt.TestOptions, peers.TestPOCO/options"},
			{"testSelect", "", "A connection is in two lists.", "streamsock.TestSelectNow, peers.TestPOCO/Select"},
			{"testSelect2", "", "One connection of two is readable, and both are writable.", "streamsock.TestSelectNow, streamsock.TestSelect, peers.TestPOCO/Select"},
			{"testSelect3", "", "No connection in any list.", "streamsock.TestSelectNone"},
			{"testEchoUnixLocal", "", "An echo by a Unix socket.", "streamsock.TestUnix/file, streamsock.TestCopyEventsUnix"},
			{"testUnixLocalAbstract", "", "One with a name that is not a file.", "streamsock.TestUnix/abstract"},
			{"testUseFd", "", "A listener is made of a descriptor.", "streamsock.TestFileListener"},
		}},
	{"PollSetTest", `Against one echo server or two.`,
		`testAddUpdate testTimeout testPollNB testPoll testPollNoServer testPollClosedServer testPollSetWakeUp testClear`,
		[]row{
			{"testAddUpdate", "", "Adding is cumulative, and what was removed is not told of.", "streamsock.TestPollSet, peers.TestPOCO/PollSet_members"},
			{"testTimeout", "", "The time is over, then bytes come, then it is over again.", "streamsock.TestPollSetTimeout, peers.TestPOCO/PollSet"},
			{"testPollNB", "", "A connect is under way, and becomes writable.", "streamsock.TestSocketContext, streamsock.ExampleSocket_FinishConnect"},
			{"testPoll", "", "Which of two connections has what was asked for.", "streamsock.TestPollSet, streamsock.TestSelectNow, peers.TestPOCO/PollSet"},
			{"testPollNoServer", "", "Sockets whose connect was refused are ready, with an error.", "streamsock.TestSocketRefused, streamsock.TestPollSetEnd"},
			{"testPollClosedServer", "", "The peer has closed.", "streamsock.TestPollSetEnd, peers.TestPOCO/PollSet_closed"},
			{"testPollSetWakeUp", "", "Another thread ends a poll.", "streamsock.TestPollSetWake"},
			{"testClear", "", "A set is emptied, and can be used again.", "streamsock.TestPollSetClear"},
		}},
	{"DialogSocketTest", `Against an echo server.`,
		`testDialogSocket`,
		[]row{
			{"testDialogSocket", "", "Messages with arguments, lines with LF alone, replies of one line and several and without a code, and raw bytes behind them.", "dialog.TestSendMessage, dialog.TestLines, dialog.TestStatus, dialog.TestDialog, dialog.TestRaw, peers.TestPOCO/DialogSocket_messages, peers.TestPOCO/DialogSocket_lines, peers.TestPOCO/DialogSocket_statuses, peers.TestPOCO/DialogSocket_characters"},
		}},
	{"SocketStreamTest", `A std::iostream over a StreamSocket, which in Go is a bufio.ReadWriter.`,
		`testStreamEcho testLargeStreamEcho testEOF testSendFile`,
		[]row{
			{"testStreamEcho", "", "What is flushed comes back.", "streamsock.TestBufio"},
			{"testLargeStreamEcho", "", "More than the buffers hold.", "streamsock.TestHTTP, streamsock.TestWritevLarge"},
			{"testEOF", "", "The stream ends when the peer closes.", "streamsock.TestBufio, streamsock.TestDropIn/end_of_file"},
			{"testSendFile", "", "A file is sent.", "streamsock.TestSendFile, streamsock.ExampleConn_SendFile, peers.TestPOCO/sendFile"},
		}},
	{"WebSocketTest", `Client and server are POCO's own; ours have a browser too.`,
		`testWebSocket testWebSocketLarge testWebSocketLargeInOneFrame testWebSocketNB testPeerCloseAfterPartialHeader
		testPeerCloseAfterPartialHeaderNB testMalformedFrames`,
		[]row{
			{"testWebSocket", "", "Messages of the sizes around which the header changes come back, and then the end.", "peers.TestWebSocket, streamsock.Example_webSocket"},
			{"testWebSocketLarge; testWebSocketLargeInOneFrame", "", "Messages of 64,000 bytes and more.", "peers.TestWebSocket"},
			{"testWebSocketNB", "", "Receiving does not wait: here the Conn tells whether there is something.", "peers.TestWebSocket/NewClient"},
			{"testPeerCloseAfterPartialHeader; testPeerCloseAfterPartialHeaderNB", "", "The peer closes within a header.", "streamsock.TestWebSocketBroken/cut"},
			{"testMalformedFrames", "", "Frames without a mask are refused; those with reserved bits and kinds, which POCO refuses, golang.org/x/net/websocket takes.", "streamsock.TestWebSocketBroken/no_mask"},
		}},
}
