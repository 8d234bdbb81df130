from django.urls import path

from bench.peers.ordinary.views import FairTrainings, UsualTrainings

urlpatterns = [path("usual/trainings", UsualTrainings.as_view()), path("fair/trainings", FairTrainings.as_view())]
