using Nashi.Encoding;
using Nashi.Hypercore.Replication.Protocol;

namespace Nashi.Hypercore.Replication;

/// <content>Messages of the application's own.</content>
internal sealed partial class Replicator
{
    private volatile CoreExtension[] _extensions = [];

    public CoreExtension AddExtension(string name, Action<PublicKey, ReadOnlyMemory<byte>> received)
    {
        if (name.Length == 0 || System.Text.Encoding.UTF8.GetByteCount(name) > CoreExtension.MaxNameSize) throw new ArgumentException($"The name of an extension has 1 to {CoreExtension.MaxNameSize} bytes.", nameof(name));
        var extension = new CoreExtension(this, name, received);
        lock (_gate)
        {
            if (Array.Exists(_extensions, known => string.Equals(known.Name, name, StringComparison.Ordinal))) throw new InvalidOperationException($"The core has an extension '{name}' already.");
            _extensions = [.. _extensions, extension];
        }

        return extension;
    }

    public void RemoveExtension(CoreExtension extension)
    {
        lock (_gate) _extensions = [.. _extensions.Where(known => known != extension)];
    }

    public int SendExtension(string name, ReadOnlySpan<byte> message, PublicKey? to)
    {
        var payload = new byte[CompactSize.String(name) + message.Length];
        var writer = new CompactWriter(payload);
        ExtensionMessage.Write(ref writer, name, message);
        var sent = 0;
        lock (_gate)
        {
            foreach (var peer in _engine.Peers)
            {
                var channel = (CoreChannel)peer.Owner;
                if ((to is { } only && channel.RemotePublicKey != only) || channel.Channel is not { } open) continue;
                // Who reads slower than we write loses messages: they are nobody's memory.
                if (peer.IsClogged) continue;
                if (!open.Send(WireType.Extension, payload)) peer.IsClogged = true;
                sent++;
            }
        }

        return sent;
    }

    /// <summary>A message came: off the lock, on the connection's pump.</summary>
    public void ReceiveExtension(CoreChannel channel, string name, ReadOnlyMemory<byte> body)
    {
        var extension = Array.Find(_extensions, known => string.Equals(known.Name, name, StringComparison.Ordinal));
        if (extension is null) return;
        try
        {
            extension.Receive(channel.RemotePublicKey, body);
        }
        catch (Exception error)
        {
            // A handler's mistake must not end the connection.
            Log.ExtensionFailed(_log, error, name, Key);
        }
    }
}
