using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Nashi.BlindPeer;
using Nashi.Dht;

namespace Nashi.Cli.BlindPeers;

/// <summary>What a monitor asks a blind peer over HTTP: <c>/metrics</c> and <c>/health</c>.</summary>
internal sealed class BlindPeerMonitor : IAsyncDisposable
{
    private readonly WebApplication _web;
    private readonly BlindPeerServer _server;
    private readonly DhtNode _node;

    private BlindPeerMonitor(WebApplication web, BlindPeerServer server, DhtNode node) => (_web, _server, _node) = (web, server, node);

    /// <summary>Where it answers.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    /// <summary>Starts answering.</summary>
    /// <exception cref="IOException">The port is taken.</exception>
    public static async ValueTask<BlindPeerMonitor> StartAsync(IPAddress host, int port, BlindPeerServer server, DhtNode node, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = 64;
            kestrel.Listen(host, port);
        });
        var web = builder.Build();
        var monitor = new BlindPeerMonitor(web, server, node);
        web.Run(monitor.AnswerAsync);
        try
        {
            await web.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await web.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        monitor.Address = new Uri(web.Urls.First());
        return monitor;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        using var hurry = new CancellationTokenSource(TimeSpan.FromSeconds(1), TimeProvider.System);
        await _web.StopAsync(hurry.Token).ConfigureAwait(false);
        await _web.DisposeAsync().ConfigureAwait(false);
    }

    private Task AnswerAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        // A name that a web page's owner points at this machine is not ours: DNS rebinding.
        var host = context.Request.Host.Host;
        if (host != "localhost" && !IPAddress.TryParse(host, out _)) return SayAsync(context, StatusCodes.Status421MisdirectedRequest, "text/plain", "Not known by that name.\n");
        if (!HttpMethods.IsGet(context.Request.Method)) return SayAsync(context, StatusCodes.Status405MethodNotAllowed, "text/plain", "Only read here.\n");
        return context.Request.Path.Value switch
        {
            "/metrics" => SayAsync(context, StatusCodes.Status200OK, BlindPeerMetrics.ContentType, BlindPeerMetrics.Write(_server.GetStats())),
            "/health" => SayHealthAsync(context),
            _ => SayAsync(context, StatusCodes.Status404NotFound, "text/plain", "There are /metrics and /health.\n"),
        };
    }

    // Healthy: the network answers, and the disk took what was written last.
    private Task SayHealthAsync(HttpContext context)
    {
        var stats = _server.GetStats();
        var problem = !_server.IsListening || !_node.IsOnline ? "offline" : stats.IsStorageFailing ? "storage" : null;
        var body = problem is null ? "{\"status\":\"ok\"}\n" : $"{{\"status\":\"failing\",\"problem\":\"{problem}\"}}\n";
        return SayAsync(context, problem is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, "application/json", body);
    }

    private static Task SayAsync(HttpContext context, int status, string type, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        return context.Response.WriteAsync(text, context.RequestAborted);
    }
}
