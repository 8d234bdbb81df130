from common.process import main
from training.service import SERVICE

main(SERVICE)
