"""Answering a second start with the same data: this window comes to the front, and no other is opened."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtNetwork import QAbstractSocket, QLocalServer, QLocalSocket
from PySide6.QtWidgets import QApplication

from app.log import starts as log
from app.running_window import OTHER, RAISED, Request, addresses

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtCore import QLockFile

    from app.controllers.starting import Starting
    from app.log import EventRecord
    from app.views.main_window import MainWindow

_LONGEST = 65536
_DEAD_MS = 200


class AnsweringStarts(QObject):
    """Listens under the names of the data that this window shows; a dead program's name is taken over."""

    block_requested = Signal(str)
    """The start named a file of these data."""

    def __init__(self, window: MainWindow, starting: Starting, record: EventRecord, turn: QLockFile | None) -> None:
        super().__init__()
        self._window, self._starting, self._record, self._turn = window, starting, record, turn
        self._servers: dict[Path, QLocalServer] = {}
        self._is_listening = False

    def begin(self) -> None:
        """The window is there: from now on it answers."""
        self._is_listening = True
        self.follow()
        if self._turn is not None:  # whoever waited for it finds this window now
            self._turn.unlock()
            self._turn = None

    def follow(self) -> None:
        """Other data may have been opened."""
        if not self._is_listening:
            return
        choice = self._starting.choice
        wanted = {choice.data_root, *([choice.study_path] if choice.study_path is not None else [])}
        for path in self._servers.keys() - wanted:
            self._servers.pop(path).close()
        for path in wanted - self._servers.keys():
            server = self._listen(path)
            if server is not None:
                self._servers[path] = server

    def end(self) -> None:
        """The window is about to close: the next start opens another."""
        self._is_listening = False
        for server in self._servers.values():
            server.close()
        self._servers.clear()
        if self._turn is not None:
            self._turn.unlock()
            self._turn = None

    def _listen(self, path: Path) -> QLocalServer | None:
        server = QLocalServer(self)
        server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        server.newConnection.connect(self._on_server_connected)
        for name in addresses(path):
            if server.listen(name):
                return server
            is_taken = server.serverError() == QAbstractSocket.SocketError.AddressInUseError
            if is_taken and _is_dead(name) and QLocalServer.removeServer(name) and server.listen(name):
                return server
            if not is_taken:
                log.info("second starts are not answered: %s", server.errorString())
                break
        return None

    def _on_server_connected(self) -> None:
        server = self.sender()
        assert isinstance(server, QLocalServer)
        socket = server.nextPendingConnection()
        socket.setReadBufferSize(_LONGEST)
        socket.disconnected.connect(socket.deleteLater)
        socket.readyRead.connect(self._on_socket_ready)
        if socket.canReadLine():
            self._answer(socket)

    def _on_socket_ready(self) -> None:
        socket = self.sender()
        assert isinstance(socket, QLocalSocket)
        if socket.canReadLine():
            self._answer(socket)
        elif socket.bytesAvailable() >= _LONGEST:
            socket.abort()

    def _answer(self, socket: QLocalSocket) -> None:
        try:
            request = msgspec.json.decode(bytes(socket.readLine().data()), type=Request)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            socket.abort()
            return
        is_meant = self._is_meant(request)
        socket.write((RAISED if is_meant else OTHER) + b"\n")
        socket.flush()
        socket.disconnectFromServer()
        self._record.write("second_start", raised=is_meant)
        if is_meant:
            self._come_to_front(request.token)
            if request.first_block:
                self.block_requested.emit(request.first_block)

    def _is_meant(self, request: Request) -> bool:
        annotator, root = request.annotator.strip().lower(), request.annotations_root
        return annotator in ("", self._starting.annotator) and root in ("", str(self._starting.annotations_root))

    def _come_to_front(self, token: str) -> None:
        if token:
            os.environ["XDG_ACTIVATION_TOKEN"] = token  # Qt takes it from there
        window = self._window
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.show()
        window.raise_()
        window.activateWindow()
        QApplication.alert(window)
        window.area.messages.tell("Cytoscribe was started again with these data: this is their window.")


def _is_dead(name: str) -> bool:
    """Whether nobody listens there any more: the program was ended by force."""
    socket = QLocalSocket()
    socket.connectToServer(name)
    if socket.waitForConnected(_DEAD_MS):
        socket.abort()
        return False
    return socket.error() != QLocalSocket.LocalSocketError.SocketTimeoutError
