/// Clients that do what neither curl nor the command line does, in Python on a bare socket.
enum Clients {
  private static let connect = """
    import json, os, socket, sys, threading
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(60)
    connection.connect(sys.argv[1])
    connection.sendall(b"POST /v1/commands HTTP/1.1\\r\\nHost: localhost\\r\\n"
      b"Content-Type: application/x-ndjson\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n")
    def send(data):
      connection.sendall(b"%x\\r\\n%s\\r\\n" % (len(data), data))
    def lines():
      stream = connection.makefile("rb")
      while stream.readline() not in (b"\\r\\n", b""): pass
      rest = b""
      while True:
        size = stream.readline()
        if not size or int(size, 16) == 0: return
        rest += stream.read(int(size, 16))
        stream.readline()
        while b"\\n" in rest:
          line, rest = rest.split(b"\\n", 1)
          yield line.decode()

    """

  /// Sends a line, in two halves, only when the line before has its receipt; then ends the body.
  static let oneByOne =
    connect + """
      receipts = lines()
      for line in sys.stdin.buffer.read().splitlines(keepends=True):
        if not line.strip(): continue
        send(line[:20])
        send(line[20:])
        receipt = next(receipts)
        assert json.loads(receipt)["id"] == json.loads(line)["id"], receipt
        print(receipt, flush=True)
      connection.sendall(b"0\\r\\n\\r\\n")
      for line in receipts: print(line)
      """

  /// Sends everything, waits for one receipt, and closes the connection in the middle of the body.
  static let breakingOff =
    connect + """
      send(sys.stdin.buffer.read())
      print(next(lines()))
      os._exit(0)
      """

  /// Sends everything and keeps the body open; prints the receipts as they come, to the end.
  static let endless =
    connect + """
      def sender():
        try:
          send(sys.stdin.buffer.read())
        except OSError:
          pass
      threading.Thread(target=sender, daemon=True).start()
      try:
        for line in lines(): print(line, flush=True)
      except (OSError, ValueError):
        pass
      os._exit(0)
      """
}
