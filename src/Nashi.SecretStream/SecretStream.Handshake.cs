using System.Buffers;
using Nashi.Cryptography;
using Nashi.SecretStream.Protocol;

namespace Nashi.SecretStream;

public sealed partial class SecretStream
{
    /// <summary>Makes a handshake in the raw stream, then encrypts it. The raw stream is closed when that fails.</summary>
    /// <exception cref="SecretStreamHandshakeException">The remote refused, is not whom we expect, broke off or took too long.</exception>
    public static async ValueTask<SecretStream> OpenAsync(
        Stream raw, bool isInitiator, SecretStreamOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(raw);
        options = (options ?? SecretStreamOptions.Default).Validate();
        if (isInitiator && options is { Pattern: HandshakePattern.IK, RemotePublicKey: null })
        {
            throw new ArgumentException("The initiator of IK must know whom it calls.", nameof(options));
        }

        var input = new FrameBuffer();
        try
        {
            using var deadline = new CancellationTokenSource(options.HandshakeTimeout, options.Clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
            using var keys = await ShakeHandsAsync(raw, isInitiator, options, input, either.Token).ConfigureAwait(false);
            return Start(raw, keys, options, input);
        }
        catch (Exception error)
        {
            await raw.DisposeAsync().ConfigureAwait(false);
            if (error is SecretStreamHandshakeException || cancellationToken.IsCancellationRequested) throw;
            throw new SecretStreamHandshakeException(error is OperationCanceledException
                ? new CloseReason(CloseKind.Timeout, "The remote did not finish the handshake in time.")
                : new CloseReason(CloseKind.RawClosed, "The connection below failed.", error));
        }
    }

    private static async ValueTask<NoiseResult> ShakeHandsAsync(
        Stream raw, bool isInitiator, SecretStreamOptions options, FrameBuffer input, CancellationToken cancellationToken)
    {
        using var generated = options.KeyPair is null ? KeyPair.Generate(options.Random) : null;
        var keyPair = options.KeyPair ?? generated!;
        using var handshake = options.Pattern == HandshakePattern.IK
            ? NoiseHandshake.StartIK(isInitiator, keyPair, options.RemotePublicKey, default, options.Random)
            : NoiseHandshake.StartXX(isInitiator, keyPair, default, options.Random);
        for (var isOurTurn = isInitiator; !handshake.IsComplete; isOurTurn = !isOurTurn)
        {
            if (isOurTurn)
            {
                await raw.WriteAsync(NextMessage(handshake), cancellationToken).ConfigureAwait(false);
                continue;
            }

            var message = await ReadMessageAsync(raw, input, cancellationToken).ConfigureAwait(false);
            if (!handshake.TryReadMessage(message.Span, out _)) throw Refused("the remote's message is malformed, not authentic or meant for another key");
            if (IsStranger(handshake, options)) throw Refused("the remote is not whom we expect");
        }

        return handshake.Finish();
    }

    // Asked as soon as the remote is known, so that a stranger does not learn who we are.
    private static bool IsStranger(NoiseHandshake handshake, SecretStreamOptions options) =>
        options.RemotePublicKey is { } expected && handshake.RemotePublicKey is { } remote && remote != expected;

    private static ReadOnlyMemory<byte> NextMessage(NoiseHandshake handshake)
    {
        var output = new ArrayBufferWriter<byte>(256);
        if (!handshake.TryWriteMessage(default, output)) throw Refused("the remote's key is unacceptable");
        var frame = new byte[Frame.PrefixSize + output.WrittenCount];
        Frame.WriteLength(frame, output.WrittenCount);
        output.WrittenSpan.CopyTo(frame.AsSpan(Frame.PrefixSize));
        return frame;
    }

    private static async ValueTask<ReadOnlyMemory<byte>> ReadMessageAsync(Stream raw, FrameBuffer input, CancellationToken cancellationToken)
    {
        Memory<byte> frame;
        FrameStatus status;
        while ((status = input.TryTake(NoiseHandshake.MaxMessageSize, out frame)) == FrameStatus.Incomplete)
        {
            var count = await raw.ReadAsync(input.GetSpace(), cancellationToken).ConfigureAwait(false);
            if (count == 0) throw new SecretStreamHandshakeException(new CloseReason(CloseKind.RawClosed, "The remote ended the connection."));
            input.Commit(count);
        }

        return status == FrameStatus.Complete ? frame : throw Refused("the remote's message is too long");
    }

    private static SecretStreamHandshakeException Refused(string why) => new(new CloseReason(CloseKind.HandshakeFailed, why + "."));
}
